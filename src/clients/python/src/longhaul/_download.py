from __future__ import annotations

import hashlib
import http.client
import time
from typing import BinaryIO

from ._errors import LonghaulError, UnreachableError
from ._transport import Call, Reply, Transport

_PIECE = 1 << 16
# Seconds between two answers that break off at once.
_PAUSE = 0.5


class _Progress:
    """How far a download is. Files never change, so that parts of several answers fit together."""

    def __init__(self, content: BinaryIO) -> None:
        self.content = content
        self.received = 0
        self.total = -1
        self.tag = ""
        self.digest = hashlib.sha256()

    def headers(self) -> "dict[str, str]":
        return {"Range": f"bytes={self.received}-", "If-Range": self.tag} if self.received else {}

    def take(self, reply: Reply) -> None:
        if self.received == 0:
            self.total = int(reply.headers.get("Content-Length", "-1"))
            self.tag = reply.headers.get("ETag", "")
        elif reply.status != 206:
            raise LonghaulError("The file changed while it was downloaded.", reply.status)
        for piece in iter(lambda: self.read(reply), b""):
            self.content.write(piece)
            self.digest.update(piece)
            self.received += len(piece)

    @staticmethod
    def read(reply: Reply) -> bytes:
        """The next piece; none if there is no more, or the connection broke."""
        try:
            return reply.response.read(_PIECE)
        except (OSError, http.client.HTTPException):
            return b""

    @property
    def complete(self) -> bool:
        return self.received >= self.total

    def check(self) -> None:
        """The tag of a file is its SHA-256."""
        if self.tag.strip('"') != self.digest.hexdigest():
            raise LonghaulError("The content of the file is not what the server has stored: download it again.")


def download(transport: Transport, path: str, content: BinaryIO, patience: float) -> None:
    """Goes on where the connection broke, until nothing has arrived for as long as the client is patient."""
    progress = _Progress(content)
    end = time.monotonic() + patience
    while not (progress.tag and progress.complete):
        before = progress.received
        reply = transport.open(Call("GET", path, progress.headers()))
        try:
            progress.take(reply)
        finally:
            reply.close()
        if progress.received > before:
            end = time.monotonic() + patience
        elif time.monotonic() > end and not progress.complete:
            raise UnreachableError("The download breaks off each time.")
        elif not progress.complete:
            time.sleep(_PAUSE)
    progress.check()
