"""What tests need besides the client: a door before the server that makes trouble, and a receiver of webhooks.

The server is the one at LONGHAUL_URL with the key LONGHAUL_API_KEY. LONGHAUL_CONTROL kills and starts it. ClientPackagesIT
runs these tests with all three.
"""

import http.client
import os
import queue
import threading
import urllib.request
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from longhaul import LonghaulClient

URL = os.environ["LONGHAUL_URL"]


def client(url=URL, **options):
    return LonghaulClient(url, **options)


def control(action):
    """Does something to the server: kill or start."""
    with urllib.request.urlopen(f"{os.environ['LONGHAUL_CONTROL']}/{action}", b"", timeout=170):
        pass


def mark():
    """Names the jobs of one test."""
    return uuid.uuid4().hex


class Server:
    def __init__(self, handler):
        self.http = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.http.daemon_threads = True
        self.http.owner = self
        threading.Thread(target=self.http.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.http.server_address[1]}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.http.shutdown()
        self.http.server_close()


class Door(Server):
    """Passes requests on to the server. refuse, lose_answer and cut make trouble for one request each."""

    def __init__(self):
        super().__init__(_Passing)
        self.requests = []
        self.refuse = None
        self.lose_answer = False
        self.cut = None

    def take(self, name, calm=None):
        value = getattr(self, name)
        setattr(self, name, calm)
        return value


class _Passing(BaseHTTPRequestHandler):
    def handle_request(self):
        door = self.server.owner
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        door.requests.append((self.command, self.path, self.headers, body))
        refused = door.take("refuse")
        if refused:
            self.send_response(refused)
            self.send_header("Retry-After", "1")
            self.end_headers()
            return
        server = http.client.HTTPConnection(urlsplit(URL).netloc, timeout=90)
        try:
            self.pass_on(door, server, body)
        finally:
            server.close()

    def pass_on(self, door, server, body):
        server.request(self.command, self.path, body or None, dict(self.headers.items()))
        answer = server.getresponse()
        if door.take("lose_answer", False):
            return
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            if name.lower() not in ("transfer-encoding", "connection", "server", "date"):
                self.send_header(name, value)
        self.end_headers()
        left = door.take("cut") or 1 << 60
        while left > 0:
            piece = answer.read1(min(left, 1 << 16))
            if not piece:
                return
            left -= len(piece)
            self.wfile.write(piece)

    do_GET = do_POST = do_DELETE = do_PATCH = handle_request

    def log_message(self, *_):
        pass


class Receiver(Server):
    """Takes messages of webhooks."""

    def __init__(self):
        super().__init__(_Receiving)
        self.messages = queue.Queue()


class _Receiving(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(204)
        self.end_headers()
        self.server.owner.messages.put((self.headers, body))

    def log_message(self, *_):
        pass
