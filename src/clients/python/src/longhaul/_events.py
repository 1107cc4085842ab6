from __future__ import annotations

import http.client
import socket
import time
from dataclasses import dataclass
from typing import Any, Callable, Iterator, Optional, cast

from . import _json
from ._transport import Call, Reply, Transport
from .types import Job, JobLogLine, JobProgress

# The server sends something at least every 15 s.
_LONGEST_SILENCE = 40
_BREATH = 0.5


@dataclass
class Event:
    """An event of a stream."""

    # state, progress, log, end or reset; docs/http.md says when each comes.
    type: str
    data: Any
    # Where a stream goes on behind this event.
    id: Optional[str]

    @property
    def job(self) -> Job:
        """Of a state: the job."""
        return cast(Job, self._data("state"))

    @property
    def line(self) -> JobLogLine:
        """Of a log: the line."""
        return cast(JobLogLine, self._data("log"))

    @property
    def progress(self) -> JobProgress:
        """Of progress: how far the job is."""
        return cast(JobProgress, self._data("progress"))

    def _data(self, type: str) -> Any:
        if self.type != type:
            raise AttributeError(f"This is an event of type {self.type!r}, not {type!r}.")
        return self.data


class EventStream(Iterator[Event]):
    """Events of a stream, which goes on where it was when its connection breaks. For one thread; close may be called from
    any. Also for `with`."""

    def __init__(
        self, transport: Transport, path: str, last_event_id: Optional[str], parse_float: Callable[[str], Any]
    ) -> None:
        self._transport = transport
        self._path = path
        self._parse_float = parse_float
        self._reply: Optional[Reply] = None
        self._closed = False
        # Where a stream goes on behind the event that this one gave last.
        self.last_event_id = last_event_id

    def __iter__(self) -> "EventStream":
        return self

    def __next__(self) -> Event:
        """Waits for the next event."""
        while not self._closed:
            try:
                event = self._read(self._connected())
            except (OSError, http.client.HTTPException):
                event = None
            except (AttributeError, ValueError):
                # What http.client answers when another thread has closed the connection.
                if not self._closed:
                    raise
                event = None
            if event is not None:
                self.last_event_id = event.id
                if event.type == "end":
                    self.close()
                return event
            self._disconnect()
            if not self._closed:
                time.sleep(_BREATH)
        raise StopIteration

    def _connected(self) -> Reply:
        if self._reply is None:
            headers = {"Accept": "text/event-stream"}
            if self.last_event_id:
                headers["Last-Event-ID"] = self.last_event_id
            reply = self._transport.open(Call("GET", self._path, headers, hold=_LONGEST_SILENCE))
            self._reply = reply
            # 204 says that the client has received the end already.
            self._closed = self._closed or reply.status == 204
        return self._reply

    def _read(self, reply: Reply) -> Optional[Event]:
        """The next event; None at the end of the connection."""
        at, kind, data = self.last_event_id, "", []
        for name, value in _fields(reply.response):
            if name == "id":
                at = value
            elif name == "event":
                kind = value
            elif name == "data":
                data.append(value)
            elif name == "" and data:
                return Event(kind, _json.read("\n".join(data), self._parse_float), at)
            elif name == "":
                # Not before: an event that broke off must come again.
                self.last_event_id, kind = at, ""
        return None

    def _disconnect(self) -> None:
        reply, self._reply = self._reply, None
        if reply is not None:
            reply.close()

    def close(self) -> None:
        """Ends the stream; a thread that waits for an event goes on."""
        self._closed = True
        reply = self._reply
        connection = reply.connection.sock if reply else None
        if connection is not None:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        self._disconnect()

    def __enter__(self) -> "EventStream":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _fields(response: http.client.HTTPResponse) -> "Iterator[tuple[str, str]]":
    """The fields of a stream; both empty for the empty line behind an event. A line that broke off is none."""
    for line in iter(response.readline, b""):
        if not line.endswith(b"\n"):
            return
        name, _, value = line.decode().rstrip("\r\n").partition(":")
        # A comment has no name either, but a value.
        if name or not value:
            yield name, value[1:] if value.startswith(" ") else value
