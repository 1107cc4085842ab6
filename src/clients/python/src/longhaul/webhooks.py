"""Checks messages that Longhaul has sent to a webhook, which follow Standard Webhooks."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import time
from typing import Any, Mapping, Optional

from . import _json

_PREFIX = "whsec_"


class SignatureError(ValueError):
    """A message is not from the server that knows the secret, or not of now. Answer it with 400 and do nothing."""


def verify(
    secret: str, headers: Mapping[str, str], body: bytes, tolerance: float = 300, now: Optional[float] = None
) -> Any:
    """Checks a message and returns its JSON.

    secret is what POST /v1/webhooks answered, or the job's own; body is the body as it came. The time of sending may be
    up to tolerance seconds away from now. Raises SignatureError if the message must not be trusted, and ValueError if the
    secret cannot be one.
    """
    key = _key(secret or "")
    named = {name.lower(): value for name, value in headers.items()}
    try:
        message, sent, signatures = (named["webhook-" + part] for part in ("id", "timestamp", "signature"))
    except KeyError as missing:
        raise SignatureError(f"The message has no header {missing}.") from None
    # Twelve digits are thirty thousand years.
    if not re.fullmatch("[0-9]{1,12}", sent) or abs((time.time() if now is None else now) - int(sent)) > tolerance:
        raise SignatureError("The message is too old, or a clock is wrong.")
    wanted = "v1," + _signature(key, f"{message}.{sent}.".encode(errors="surrogateescape") + body)
    if not any(hmac.compare_digest(wanted.encode(), each.encode(errors="surrogateescape")) for each in signatures.split(" ")):
        raise SignatureError("The signature is not that of this secret and body.")
    return _json.read(body.decode())


def _key(secret: str) -> bytes:
    try:
        key = base64.b64decode(secret[len(_PREFIX) :] if secret.startswith(_PREFIX) else secret, validate=True)
    except ValueError:
        key = b""
    if not key:
        # Everybody knows the empty one. It is what a variable of the environment has that nobody has set.
        raise ValueError("The secret of a webhook is whsec_ and Base64.") from None
    return key


def _signature(key: bytes, signed: bytes) -> str:
    return base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
