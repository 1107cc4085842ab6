"""JSON with every digit of its numbers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Callable
from uuid import UUID


def read(text: str, parse_float: Callable[[str], Any] = Decimal) -> Any:
    return json.loads(text, parse_float=parse_float, parse_int=_whole)


def _whole(digits: str) -> int:
    # Python itself reads and writes no more than 4,300 digits; Decimal has no such limit, and is exact here.
    return int(digits) if len(digits) < 4000 else int(Decimal(digits))


def write(value: Any) -> str:
    """Writes what json.dumps writes, and Decimal, UUID, datetime and whole numbers of any length."""
    try:
        return json.dumps(value, allow_nan=False)
    except (TypeError, ValueError) as error:
        # Python's own writer cannot write the digits of a Decimal, nor of a very long number.
        try:
            return _written(value)
        except RecursionError:
            raise error from None


def _written(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_name(name)}: {_written(each)}" for name, each in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_written(each) for each in value) + "]"
    if isinstance(value, Decimal):
        return _number(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(Decimal(value))
    if isinstance(value, UUID):
        return f'"{value}"'
    if isinstance(value, datetime):
        return json.dumps(time(value))
    return json.dumps(value, allow_nan=False)


def _name(name: Any) -> str:
    return json.dumps(name if isinstance(name, str) else json.dumps(name))


def _number(value: Decimal) -> str:
    if not value.is_finite():
        raise ValueError(f"JSON has no number {value}.")
    return str(value)


def time(value: datetime) -> str:
    """A time as the API takes it."""
    if value.tzinfo is None:
        raise ValueError(f"{value} has no time zone: use datetime.now(timezone.utc), or astimezone().")
    return value.isoformat()
