"""Sends requests until one is answered."""

from __future__ import annotations

import http.client
import os
import random
import re
import socket
import ssl
import time
from dataclasses import dataclass, field
from typing import BinaryIO, Callable, Dict, List, Mapping, Optional, Tuple, TypeVar, Union
from urllib.parse import urlsplit

from . import _json
from ._errors import LonghaulError, UnreachableError

# Statuses after which a request may be repeated; a proxy sends the gateway ones if its server is away.
_TEMPORARY = (429, 502, 503, 504)
_FIRST_PAUSE, _LONGEST_PAUSE = 0.2, 5.0
# Servers and proxies end connections that idle for longer.
_IDLE = 10.0
_SPARE = 8
# Who listens on all addresses listens on loopback, too.
_EVERYWHERE = ("", "0.0.0.0", "::", "0:0:0:0:0:0:0:0")
_BROKEN = (OSError, http.client.HTTPException)

T = TypeVar("T")

# What a request carries; a function is asked for it at each try.
Body = Union[None, bytes, Callable[[], BinaryIO]]


@dataclass
class Call:
    """A request. hold is the time for which the server may hold it. One that is not repeatable is sent again only if the
    server has certainly not done it."""

    method: str
    path: str
    headers: Dict[str, str] = field(default_factory=dict)
    body: Body = None
    hold: float = 0
    repeatable: bool = True


class Reply:
    """A good answer, not read yet."""

    def __init__(self, connection: http.client.HTTPConnection, response: http.client.HTTPResponse) -> None:
        self.connection = connection
        self.response = response

    @property
    def status(self) -> int:
        return self.response.status

    @property
    def headers(self) -> http.client.HTTPMessage:
        return self.response.headers

    def close(self) -> None:
        self.response.close()
        self.connection.close()


@dataclass
class Answer:
    """A good answer."""

    status: int
    headers: http.client.HTTPMessage
    text: str


def checked_url(url: str) -> str:
    """The address of a server without slashes at its end."""
    text = url.strip()
    if "@" in text:
        raise ValueError("Leave out the user and the password in the URL of the server: it takes only a key.")
    if not re.fullmatch(r"https?://[^/?#\s]+(/[^?#\s]*)?", text):
        raise ValueError(f"{url!r} is not the URL of a server: write one such as http://127.0.0.1:8080.")
    urlsplit(text).port  # Raises ValueError if it is none.
    return text.rstrip("/")


def servers(environment: Mapping[str, str]) -> List[str]:
    """The addresses that the environment names, or that of a server on this machine that was started with the same
    environment. The command line finds them the same way."""
    urls = [each for each in environment.get("LONGHAUL_URL", "").split(",") if each.strip()]
    if urls:
        return urls
    host, port = (environment.get(name, "").strip() for name in ("LONGHAUL_BIND", "LONGHAUL_PORT"))
    if port and not (re.fullmatch("[0-9]{1,5}", port) and 1 <= int(port) <= 65535):
        raise ValueError(
            f'LONGHAUL_PORT is "{port}", where no server can be: set it to the server\'s port, such as 8080, or name the'
            " server with url or LONGHAUL_URL."
        )
    if host in _EVERYWHERE:
        host = "127.0.0.1"
    return [f"http://{f'[{host}]' if ':' in host and not host.startswith('[') else host}:{port or 8080}"]


def checked_key(key: str) -> str:
    if not re.fullmatch(r"[!-~]+", key):
        raise ValueError("The key has a character that no key has: a space, a line break or one outside ASCII, or it is empty.")
    return key


def checked_path(path: str) -> str:
    """Refuses a path with nothing where an id should be: it is another request, that for a list for instance."""
    if re.search(r"//|./$", path.split("?")[0]):
        raise ValueError(f"An id is empty: the path of the request is {path}.")
    return path


def retry_after(headers: http.client.HTTPMessage) -> Optional[float]:
    # HTTP also allows a date here, but Longhaul never sends one.
    value = headers.get("Retry-After", "")
    return float(value) if re.fullmatch("[0-9]{1,6}", value) else None


class Connections:
    """Connections to the servers, kept for the next request. For any number of threads."""

    def __init__(self, tls: Optional[ssl.SSLContext], connect_timeout: float) -> None:
        self._tls = tls
        self._connect_timeout = connect_timeout
        self._process = os.getpid()
        self._spare: List[Tuple[str, float, http.client.HTTPConnection]] = []

    def take(self, url: str, timeout: float, fresh: bool) -> http.client.HTTPConnection:
        connection = (None if fresh else self._kept(url)) or self._new(url)
        connection.sock.settimeout(timeout)
        return connection

    def _kept(self, url: str) -> Optional[http.client.HTTPConnection]:
        if self._process != os.getpid():
            # After a fork, the parent goes on with its connections.
            self._process, self._spare = os.getpid(), []
        while self._spare:
            try:
                of, since, connection = self._spare.pop()
            except IndexError:
                return None
            if of == url and time.monotonic() - since < _IDLE:
                return connection
            connection.close()
        return None

    def _new(self, url: str) -> http.client.HTTPConnection:
        place = urlsplit(url)
        connection: http.client.HTTPConnection
        if place.scheme == "https":
            connection = http.client.HTTPSConnection(
                place.hostname or "", place.port, timeout=self._connect_timeout, context=self._tls
            )
        else:
            connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=self._connect_timeout)
        try:
            connection.connect()
        except OSError as error:
            raise NotConnected(str(error)) from error
        return connection

    def give_back(self, url: str, connection: http.client.HTTPConnection) -> None:
        if connection.sock is not None and len(self._spare) < _SPARE:
            self._spare.append((url, time.monotonic(), connection))
        else:
            connection.close()

    def close(self) -> None:
        while self._spare:
            self._spare.pop()[2].close()


class NotConnected(OSError):
    """There was no connection, so the server has not seen the request."""


class Transport:
    def __init__(
        self,
        urls: List[str],
        key: Optional[str],
        timeout: float,
        patience: float,
        connections: Connections,
    ) -> None:
        self._urls = urls
        self._key = key
        self._timeout = timeout
        self._patience = patience
        self._connections = connections
        self._current = 0

    def send(self, call: Call) -> Answer:
        """Sends a request and reads the answer."""
        return self._repeat(call, lambda url, reply: self._read(url, reply))

    def open(self, call: Call) -> Reply:
        """Sends a request whose answer is read while it arrives."""
        return self._repeat(call, lambda url, reply: reply)

    def _read(self, url: str, reply: Reply) -> Answer:
        text = reply.response.read().decode()
        self._connections.give_back(url, reply.connection)
        return Answer(reply.status, reply.headers, text)

    def _repeat(self, call: Call, reading: Callable[[str, Reply], T]) -> T:
        checked_path(call.path)
        end = time.monotonic() + self._patience
        tries = 0
        while True:
            url = self._urls[self._current % len(self._urls)]
            failure: LonghaulError
            # A file that cannot be opened, or a path that no URL can have, is no lost connection.
            body = call.body() if callable(call.body) else call.body
            try:
                return self._once(url, call, body, reading)
            except http.client.InvalidURL as error:
                raise ValueError(str(error)) from error
            except LonghaulError as error:
                failure, unsent = error, False
            except _BROKEN as error:
                self._connections.close()
                failure, unsent = UnreachableError(self._unreachable(error)), isinstance(error, NotConnected)
                failure.__cause__ = error
            finally:
                if body is not None and not isinstance(body, bytes):
                    body.close()
            pause = self._pause(tries, failure.retry_after)
            if not _may_repeat(call, failure, unsent) or time.monotonic() + pause > end:
                raise failure
            tries += 1
            self._current += 1
            time.sleep(pause)

    def _once(self, url: str, call: Call, body: Union[None, bytes, BinaryIO], reading: Callable[[str, Reply], T]) -> T:
        connection = self._connections.take(url, self._timeout + call.hold, fresh=not call.repeatable)
        reply = None
        try:
            reply = Reply(connection, self._exchange(connection, url, call, body))
            if reply.status < 300:
                return reading(url, reply)
            raise _refusal(reply.response)
        except BaseException:
            (reply or connection).close()
            raise

    def _exchange(
        self, connection: http.client.HTTPConnection, url: str, call: Call, body: Union[None, bytes, BinaryIO]
    ) -> http.client.HTTPResponse:
        headers = {"Accept": "application/json, */*;q=0.5", **call.headers}
        if self._key:
            headers["Authorization"] = "Bearer " + self._key
        path = urlsplit(url).path + call.path
        try:
            connection.request(call.method, path, body, headers)
        except (BrokenPipeError, ConnectionResetError):
            # A server that refuses a body answers before it has read all of it. Without an answer this fails again.
            return connection.getresponse()
        return connection.getresponse()

    @staticmethod
    def _pause(tries: int, asked: Optional[float]) -> float:
        """With jitter, so that clients that were refused together do not come back together."""
        if asked is not None:
            return asked * (1 + random.random() / 4)
        return min(_LONGEST_PAUSE, _FIRST_PAUSE * (1 << min(tries, 10))) * (0.5 + random.random() / 2)

    def _unreachable(self, error: BaseException) -> str:
        where = ", ".join(self._urls)
        if isinstance(error, socket.timeout):
            return f"No answer in time from {where}."
        if isinstance(error.__cause__, ConnectionRefusedError):
            return f"No connection to {where}. Is the server running, and is that its address?"
        return f"No connection to {where}: {error or type(error).__name__}."


def _may_repeat(call: Call, failure: LonghaulError, unsent: bool) -> bool:
    if call.repeatable:
        return failure.status == 0 or failure.status in _TEMPORARY
    refused = failure.status in (429, 503) and failure.error_code != "OUTCOME_UNKNOWN"
    return unsent or refused


def _refusal(response: http.client.HTTPResponse) -> LonghaulError:
    """A proxy in front of the server may answer with something that is not JSON."""
    try:
        problem = _json.read(response.read().decode())
    except ValueError:
        problem = None
    problem = problem if isinstance(problem, dict) else {}
    message = problem.get("message") or f"The server answered {response.status}."
    return LonghaulError(message, response.status, problem, retry_after(response.headers))
