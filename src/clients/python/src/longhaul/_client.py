from __future__ import annotations

import io
import os
import ssl
import sys
import time
import uuid
import warnings
from datetime import datetime
from decimal import Decimal
from typing import Any, Callable, Dict, Iterable, Iterator, List, Mapping, Optional, Sequence, Union, cast
from urllib.parse import quote, urlencode

from . import _json
from ._download import download
from ._errors import LonghaulError, LonghaulWarning
from ._events import EventStream
from ._transport import Answer, Body, Call, Connections, Transport, checked_key, checked_url, servers
from .types import (
    BatchAnswer,
    Delivery,
    File,
    Input,
    Job,
    JobFiles,
    JobLinesResult,
    JobLogLine,
    JobRequest,
    OwnWebhookRequest,
    Redelivered,
    RetryRequest,
    Schedule,
    Tool,
    Webhook,
)

Id = Union[str, uuid.UUID]
Time = Union[str, datetime]
Path = Union[str, "os.PathLike[str]"]

# The server holds a request no longer than this.
_LONGEST_HOLD = 60
_ENDED = ("completed", "failed", "cancelled")
_LINES = "application/x-ndjson"


def ended(job: Mapping[str, Any]) -> bool:
    """Whether a job has ended."""
    return job["status"] in _ENDED


def _segment(given: Id) -> str:
    """An id or a name as part of a path; one that would lead to another path is none."""
    text = str(given)
    if text in (".", ".."):
        raise ValueError(f'"{text}" is no id.')
    return quote(text, safe="")


class LonghaulClient:
    """A client of Longhaul. For any number of threads; close it, or use it with `with`.

    A request is sent again when the connection is lost, and when the server answers 429, 502, 503 or 504, after the time
    that Retry-After says, until the client's patience is over. A submit makes one job however often it is sent, because it
    carries an idempotency key.
    """

    def __init__(
        self,
        url: Union[None, str, Sequence[str]] = None,
        key: Optional[str] = None,
        *,
        patience: float = 60,
        timeout: float = 30,
        connect_timeout: float = 10,
        tls: Optional[ssl.SSLContext] = None,
        parse_float: Callable[[str], Any] = Decimal,
    ) -> None:
        """Nothing is sent yet.

        url: address of the server; of several, the next is asked if one does not answer. Without it LONGHAUL_URL, or the
            server on this machine with the same LONGHAUL_BIND and LONGHAUL_PORT: http://127.0.0.1:8080.
        key: an API key, or a token of your identity provider; without it LONGHAUL_API_KEY, or none.
        patience: seconds in which a request is sent again; 0 sends once.
        timeout: seconds that an answer may take, beyond the time that the server was asked to wait.
        parse_float: makes a number of the digits of one that is not whole. Decimal keeps all digits; float may not.
        """
        urls = [url] if isinstance(url, str) else list(url or servers(os.environ))
        key = key or os.environ.get("LONGHAUL_API_KEY") or None
        self._connections = Connections(tls, connect_timeout)
        self._transport = Transport(
            [checked_url(each) for each in urls],
            checked_key(key) if key else None,
            timeout,
            patience,
            self._connections,
        )
        self._patience = patience
        self._parse_float = parse_float
        self.schedules = Schedules(self)
        self.webhooks = Webhooks(self)

    def submit(
        self,
        tool: str,
        params: Optional[Mapping[str, Any]] = None,
        *,
        idempotency_key: Optional[str] = None,
        priority: Optional[int] = None,
        run_at: Optional[Time] = None,
        start_within_seconds: Optional[int] = None,
        timeout_seconds: Optional[int] = None,
        max_attempts: Optional[int] = None,
        retry: Optional[RetryRequest] = None,
        on_worker_loss: Optional[str] = None,
        ttl_hours: Optional[int] = None,
        concurrency_key: Optional[str] = None,
        fairness_key: Optional[str] = None,
        after: Optional[Sequence[Id]] = None,
        after_any: Optional[bool] = None,
        webhook: Optional[OwnWebhookRequest] = None,
        **others: Any,
    ) -> Job:
        """Submits a job. It is committed when this returns.

        Submits with the same idempotency_key make one job, also from other programs; without one the client makes a new
        one. The server warns of an option that it does not know (LonghaulWarning).
        """
        options = {
            "idempotency_key": _key(idempotency_key),
            "priority": priority,
            "run_at": _json.time(run_at) if isinstance(run_at, datetime) else run_at,
            "start_within_seconds": start_within_seconds,
            "timeout_seconds": timeout_seconds,
            "max_attempts": max_attempts,
            "retry": retry,
            "on_worker_loss": on_worker_loss,
            "ttl_hours": ttl_hours,
            "concurrency_key": concurrency_key,
            "fairness_key": fairness_key,
            "after": [str(each) for each in after] if after else None,
            "after_any": after_any,
            "webhook": webhook,
            **others,
        }
        body = {"tool": tool, "params": params or {}, **{k: v for k, v in options.items() if v is not None}}
        return cast(Job, self.request("POST", "/v1/jobs", body, repeatable=True))

    def run(self, tool: str, params: Optional[Mapping[str, Any]] = None, *, most: float = float("inf"), **options: Any) -> Job:
        """Submits a job, with the options of submit, and waits for its end; see wait."""
        return self.wait(self.submit(tool, params, **options)["job_id"], most)

    def batch(self, jobs: Sequence[JobRequest], atomic: bool = True) -> BatchAnswer:
        """Submits up to 1,000 jobs; with atomic, none is made if one cannot be accepted."""
        body = {"jobs": jobs, "atomic": atomic}
        headers = {"Idempotency-Key": str(uuid.uuid4())}
        return cast(BatchAnswer, self.request("POST", "/v1/jobs/batch", body, headers))

    def submit_lines(self, jobs: Iterable[JobRequest], idempotency_key: Optional[str] = None) -> List[JobLinesResult]:
        """Submits up to 100,000 jobs, each accepted or rejected by itself: look at each result.

        The same jobs sent again under the same key make no second ones.
        """
        body = "".join(_json.write(job) + "\n" for job in jobs).encode()
        headers = {"Content-Type": _LINES, "Accept": _LINES, "Idempotency-Key": _key(idempotency_key)}
        answer = self._transport.send(Call("POST", "/v1/jobs/batch", headers, body))
        results = [_json.read(line, self._parse_float) for line in answer.text.split("\n") if line]
        for result in results:
            self._warn(result)
        return cast(List[JobLinesResult], results)

    def get(self, job_id: Id) -> Job:
        """Gets a job in its current state."""
        return cast(Job, self.request("GET", f"/v1/jobs/{_segment(job_id)}"))

    def wait(self, job_id: Id, most: float = float("inf")) -> Job:
        """Waits for the end of a job, for so many seconds at the most. The server holds the request; if its node stops,
        another one is asked. Whether the job has ended, its status tells."""
        end = time.monotonic() + most
        while True:
            hold = int(max(0, min(_LONGEST_HOLD, end - time.monotonic() + 0.999)))
            asked = time.monotonic()
            job = cast(Job, self.request("GET", f"/v1/jobs/{_segment(job_id)}", headers={"Prefer": f"wait={hold}"}, hold=hold))
            left = end - time.monotonic()
            if ended(job) or left <= 0:
                return job
            if time.monotonic() - asked < hold / 2:
                # A server that is stopping, or cannot wait, answers at once.
                time.sleep(min(1, left))

    def cancel(self, job_id: Id) -> bool:
        """Cancels a job that has not ended. True if it is cancelled now, also by an earlier request."""
        return bool(self.request("DELETE", f"/v1/jobs/{_segment(job_id)}")["status"] == "cancelled")

    def retry(self, job_id: Id) -> Job:
        """Repeats a job that has ended as a new one, and returns that."""
        headers = {"Idempotency-Key": str(uuid.uuid4())}
        return cast(Job, self.request("POST", f"/v1/jobs/{_segment(job_id)}/retry", headers=headers))

    def list(self, **filters: Any) -> Iterator[Job]:
        """Lists jobs, the newest first, without large params and results. filters are the parameters of GET /v1/jobs, with
        "params.NAME" as in list(**{"params.sample": "S1"}). Pages are fetched as they are needed."""
        return self.pages("/v1/jobs", "jobs", {"limit": 100, **filters})

    def logs(self, job_id: Id, after: int = 0) -> Iterator[JobLogLine]:
        """Reads the log of a job so far, behind a line number. Parts are fetched as they are needed."""
        while True:
            part = self.request("GET", f"/v1/jobs/{_segment(job_id)}/logs?limit=1000&after={after}")
            yield from part["lines"]
            if part["complete"]:
                return
            after = part["next_after"]

    def follow_logs(self, job_id: Id) -> Iterator[JobLogLine]:
        """Reads the log of a job from its first line on until the job ends, across attempts and reconnects."""
        with self.events(job_id) as events:
            for event in events:
                if event.type == "log":
                    yield event.line

    def events(self, job_id: Id, last_event_id: Optional[str] = None) -> EventStream:
        """Follows a job: its states, progress and log lines, from the first on or behind an event, until its end."""
        return self._stream(f"/v1/jobs/{_segment(job_id)}/events", last_event_id)

    def all_events(self, last_event_id: Optional[str] = None, **filters: Any) -> EventStream:
        """Follows all jobs, from now on or behind an event. filters are tool, status, batch_id and schedule_id."""
        return self._stream("/v1/events" + _query(filters), last_event_id)

    def _stream(self, path: str, last_event_id: Optional[str]) -> EventStream:
        return EventStream(self._transport, path, last_event_id, self._parse_float)

    def inputs(self, job_id: Id) -> List[Input]:
        """Shows what the tool of a job has asked, and what it was answered."""
        return cast(List[Input], self.request("GET", f"/v1/jobs/{_segment(job_id)}/inputs")["inputs"])

    def answer(self, job_id: Id, key: str, content: Any) -> Input:
        """Answers a question of a tool, which then goes on."""
        return self._answer(job_id, key, {"action": "accept", "content": content})

    def decline(self, job_id: Id, key: str) -> Input:
        """Refuses to answer a question of a tool, which decides what that means."""
        return self._answer(job_id, key, {"action": "decline"})

    def _answer(self, job_id: Id, key: str, body: Dict[str, Any]) -> Input:
        # The same answer once more gets the same reply.
        return cast(Input, self.request("POST", f"/v1/jobs/{_segment(job_id)}/inputs/{_segment(key)}", body, repeatable=True))

    def tools(self) -> List[Tool]:
        """Lists the tools that jobs can name, with the schemas of their params."""
        return cast(List[Tool], self.request("GET", "/v1/mcp/tools")["tools"])

    def upload(self, file: Union[Path, bytes], name: Optional[str] = None, media_type: str = "application/octet-stream") -> File:
        """Uploads a file, named by its path, or bytes with a name. Params of jobs take its file_id."""
        if isinstance(file, bytes):
            body: Body = file
            size = len(file)
        else:
            path = os.fspath(file)
            body, size, name = (lambda: open(path, "rb")), os.path.getsize(path), name or os.path.basename(path)
        if not name:
            raise ValueError("Bytes need a name: upload(data, name='genes.fasta').")
        headers = {"Content-Type": media_type, "Content-Length": str(size)}
        call = Call("POST", "/v1/files?name=" + quote(name, safe=""), headers, body)
        return cast(File, self._read(self._transport.send(call)))

    def files(self, job_id: Id) -> JobFiles:
        """Lists the output files (files) and the uploaded ones (inputs) of a job."""
        return cast(JobFiles, self.request("GET", f"/v1/jobs/{_segment(job_id)}/files"))

    def download(self, file_id: Id) -> bytes:
        """Gets the content of a file. A download that breaks off goes on where it was, and its SHA-256 is checked."""
        content = io.BytesIO()
        download(self._transport, f"/v1/files/{_segment(file_id)}", content, self._patience)
        return content.getvalue()

    def download_to(self, file_id: Id, path: Path) -> None:
        """Writes a file to a path, which has the whole content or is not there."""
        # Without the name of the file, which may be as long as a name can be.
        part = os.path.join(os.path.dirname(os.fspath(path)), f".{uuid.uuid4()}.part")
        try:
            with open(part, "xb") as content:
                download(self._transport, f"/v1/files/{_segment(file_id)}", content, self._patience)
            os.replace(part, path)
        finally:
            if os.path.exists(part):
                os.unlink(part)

    def request(
        self,
        method: str,
        path: str,
        body: Any = None,
        headers: Optional[Mapping[str, str]] = None,
        *,
        hold: float = 0,
        repeatable: Optional[bool] = None,
    ) -> Any:
        """Sends any request of the HTTP API, for what this class has no method for, and returns the JSON of its answer.

        A POST without an Idempotency-Key is not sent again if nobody knows what became of it, unless it is repeatable.
        """
        sent = dict(headers or {})
        if repeatable is None:
            repeatable = method != "POST" or "Idempotency-Key" in sent
        content = None if body is None else _json.write(body).encode()
        if content is not None:
            sent.setdefault("Content-Type", "application/json")
        return self._read(self._transport.send(Call(method, path, sent, content, hold, repeatable)))

    def pages(self, path: str, member: str, parameters: Optional[Mapping[str, Any]] = None) -> Iterator[Any]:
        """Reads any list of the HTTP API: the elements of this member of each page."""
        parameters = dict(parameters or {})
        while True:
            page = self.request("GET", path + _query(parameters))
            yield from page[member]
            parameters["cursor"] = page.get("next_cursor")
            if not parameters["cursor"]:
                return

    def _read(self, answer: Answer) -> Any:
        if not answer.text:
            return None
        try:
            read = _json.read(answer.text, self._parse_float)
        except ValueError:
            raise LonghaulError("What answers there is no Longhaul server: its answer is not JSON.", answer.status) from None
        self._warn(read)
        return read

    @staticmethod
    def _warn(answer: Any) -> None:
        for each in answer.get("warnings", []) if isinstance(answer, dict) else []:
            warnings.warn(f"{each['pointer']} {each['message']}", LonghaulWarning, stacklevel=_callers_level())

    def close(self) -> None:
        """Ends connections that are kept for later requests."""
        self._connections.close()

    def __enter__(self) -> "LonghaulClient":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Schedules:
    """Schedules, which make jobs at the times of cron expressions."""

    def __init__(self, client: LonghaulClient) -> None:
        self._client = client

    def create(self, name: str, tool: str, cron: str, params: Optional[Mapping[str, Any]] = None, **options: Any) -> Schedule:
        """Makes a schedule. options are the other members of POST /v1/schedules, such as time_zone and overlap."""
        body = {"name": name, "tool": tool, "cron": cron, "params": params or {}, **options}
        return cast(Schedule, self._client.request("POST", "/v1/schedules", body))

    def list(self) -> Iterator[Schedule]:
        return self._client.pages("/v1/schedules", "schedules", {"limit": 100})

    def get(self, schedule_id: Id) -> Schedule:
        return cast(Schedule, self._client.request("GET", f"/v1/schedules/{_segment(schedule_id)}"))

    def update(self, schedule_id: Id, **changes: Any) -> Schedule:
        """Changes the members that are named; None removes an option."""
        return cast(Schedule, self._client.request("PATCH", f"/v1/schedules/{_segment(schedule_id)}", changes))

    def pause(self, schedule_id: Id) -> Schedule:
        return self.update(schedule_id, paused=True)

    def resume(self, schedule_id: Id) -> Schedule:
        return self.update(schedule_id, paused=False)

    def run(self, schedule_id: Id) -> Job:
        """Makes a job now, also while the schedule is paused."""
        headers = {"Idempotency-Key": str(uuid.uuid4())}
        return cast(Job, self._client.request("POST", f"/v1/schedules/{_segment(schedule_id)}/run", headers=headers))

    def jobs(self, schedule_id: Id) -> Iterator[Job]:
        """Lists its jobs, the newest first."""
        return self._client.list(schedule_id=schedule_id)

    def delete(self, schedule_id: Id) -> None:
        self._client.request("DELETE", f"/v1/schedules/{_segment(schedule_id)}")


class Webhooks:
    """Endpoints that are told of the ends of jobs. longhaul.verify checks what they receive."""

    def __init__(self, client: LonghaulClient) -> None:
        self._client = client

    def create(self, url: str, **options: Any) -> Webhook:
        """Makes an endpoint; its secret is shown now and never again. options are the other members of POST /v1/webhooks,
        such as events and tools."""
        return cast(Webhook, self._client.request("POST", "/v1/webhooks", {"url": url, **options}))

    def list(self) -> Iterator[Webhook]:
        return self._client.pages("/v1/webhooks", "webhooks", {"limit": 100})

    def get(self, webhook_id: Id) -> Webhook:
        return cast(Webhook, self._client.request("GET", f"/v1/webhooks/{_segment(webhook_id)}"))

    def update(self, webhook_id: Id, **changes: Any) -> Webhook:
        """Changes the members that are named."""
        return cast(Webhook, self._client.request("PATCH", f"/v1/webhooks/{_segment(webhook_id)}", changes))

    def pause(self, webhook_id: Id) -> Webhook:
        return cast(Webhook, self._post(webhook_id, "pause"))

    def resume(self, webhook_id: Id) -> Webhook:
        return cast(Webhook, self._post(webhook_id, "resume"))

    def test(self, webhook_id: Id) -> Delivery:
        """Sends the event webhook.test."""
        return cast(Delivery, self._post(webhook_id, "test"))

    def rotate_secret(self, webhook_id: Id, grace_hours: int = 24) -> Webhook:
        """Makes a new secret; messages are also signed with the old one for so many hours."""
        return cast(Webhook, self._post(webhook_id, "rotate-secret", {"grace_hours": grace_hours}))

    def deliveries(self, webhook_id: Id, **filters: Any) -> Iterator[Delivery]:
        """Lists messages to an endpoint, with each attempt. filters is status."""
        return self._client.pages(f"/v1/webhooks/{_segment(webhook_id)}/deliveries", "deliveries", {"limit": 100, **filters})

    def redeliver(self, webhook_id: Id, since: Time) -> Redelivered:
        """Sends all messages again that have failed since; while more is true, call it again."""
        moment = _json.time(since) if isinstance(since, datetime) else since
        return cast(Redelivered, self._post(webhook_id, "redeliver", {"since": moment}))

    def delete(self, webhook_id: Id) -> None:
        """Removes the endpoint and its messages."""
        self._client.request("DELETE", f"/v1/webhooks/{_segment(webhook_id)}")

    def _post(self, webhook_id: Id, action: str, body: Optional[Dict[str, Any]] = None) -> Any:
        return self._client.request("POST", f"/v1/webhooks/{_segment(webhook_id)}/{action}", body)


def _callers_level() -> int:
    """How far the program that called this package is from the function that asks: its line is the one to warn of."""
    level, frame = 1, sys._getframe(1)
    while frame.f_back is not None and frame.f_globals["__name__"].startswith(__package__ or ""):
        level, frame = level + 1, frame.f_back
    return level


def _key(own: Optional[str]) -> str:
    """A new key, if the caller has none. An empty one is refused by the server: it names no work."""
    return str(uuid.uuid4()) if own is None else own


def _query(parameters: Mapping[str, Any]) -> str:
    texts = {name: _text(value) for name, value in parameters.items() if value is not None}
    return "?" + urlencode(texts) if texts else ""


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return _json.time(value)
    return ",".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
