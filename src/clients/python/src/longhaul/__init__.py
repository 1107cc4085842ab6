"""A client of Longhaul, a durable job service. LonghaulClient is where to begin."""

from ._client import LonghaulClient, ended
from ._errors import FieldError, LonghaulError, LonghaulWarning, UnreachableError
from ._events import Event, EventStream
from .webhooks import SignatureError, verify

__all__ = [
    "Event",
    "EventStream",
    "FieldError",
    "LonghaulClient",
    "LonghaulError",
    "LonghaulWarning",
    "SignatureError",
    "UnreachableError",
    "ended",
    "verify",
]
__version__ = "0.2.0"
