from __future__ import annotations

from typing import Any, Dict, List, NamedTuple, Optional


class FieldError(NamedTuple):
    """A part of the request that is wrong."""

    # JSON Pointer into the body, or "/name" for a query parameter.
    pointer: str
    message: str


class LonghaulError(Exception):
    """The server refused a request, and repeating it was pointless or did not help in time. Its text says what cures it."""

    def __init__(
        self,
        message: str,
        status: int = 0,
        problem: Optional[Dict[str, Any]] = None,
        retry_after: Optional[float] = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        # The HTTP status; 0 if there was no answer.
        self.status = status
        # The answer as it came (RFC 9457); empty if it did not come from Longhaul.
        self.problem = problem or {}
        # Seconds after which the server expects that the same request may succeed.
        self.retry_after = retry_after

    @property
    def error_code(self) -> Optional[str]:
        """The problem as a stable code, such as INVALID_PARAMS; None if the answer did not come from Longhaul."""
        return self.problem.get("error_code")

    @property
    def trace_id(self) -> Optional[str]:
        """The id under which the server's log tells more."""
        return self.problem.get("trace_id")

    @property
    def errors(self) -> List[FieldError]:
        """The wrong parts of the request; empty if no single part is wrong."""
        return [FieldError(each["pointer"], each["message"]) for each in self.problem.get("errors", [])]


class UnreachableError(LonghaulError):
    """No server answered in time."""


class LonghaulWarning(UserWarning):
    """The server ignored a part of a request, such as a mistyped option."""
