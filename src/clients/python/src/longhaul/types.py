"""The objects of the API. Made from its description by OpenApiTest: do not change this file."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Dict, List, Literal, Optional, TypedDict, Union

Number = Union[int, float, Decimal]


class _BatchAnswer(TypedDict):
    """What is always there."""

    # The batch of the new jobs; if none is new, the batch that all repeated jobs share, else null
    batch_id: Optional[str]
    # Number of new jobs
    created: int
    # Number of jobs that an earlier submit with the same idempotency key made
    replayed: int
    # Number of jobs that were not accepted
    rejected: int
    # One for each job, in the order of the request
    results: List[BatchResult]


class BatchAnswer(_BatchAnswer, total=False):
    """The result of a batch."""

    # Members of the request that no request has and that were ignored; only in answers to a request that has some.
    warnings: List[ProblemFieldError]


class BatchRejection(TypedDict):
    """The reason why a job was not accepted."""

    # Stable code, as for a single job
    error_code: str
    # The error and its cure
    message: str
    # The wrong members, as JSON Pointers into the body of the request
    errors: List[ProblemFieldError]


class _BatchResult(TypedDict):
    """What is always there."""

    # Position in the request, from 0
    index: int


class BatchResult(_BatchResult, total=False):
    """The result of one job."""

    # Created, replayed or rejected
    status: Literal["created", "replayed", "rejected"]
    # The job's id, if ids were asked for
    job_id: str
    # The job if ids were not asked for, unless it was rejected
    job: Job
    # Reason of a rejection, else left out
    error: BatchRejection


class _CancelAnswer(TypedDict):
    """What is always there."""

    # False if the job had ended before
    cancelled: bool
    # The job
    job_id: str
    # The job's status now
    status: Literal["pending", "running", "completed", "failed", "cancelled"]
    # For people
    message: str


class CancelAnswer(_CancelAnswer, total=False):
    """The answer to a cancel."""

    # Members of the request that no request has and that were ignored; only in answers to a request that has some.
    warnings: List[ProblemFieldError]


class _Delivery(TypedDict):
    """What is always there."""

    # Its id, sent as `webhook-id`
    delivery_id: str
    # The endpoint, or null for the job's own URL
    webhook_id: Optional[str]
    # The job, or null
    job_id: Optional[str]
    # The event it sends
    event: str
    # Pending, delivered or failed
    status: Literal["pending", "delivered", "failed"]
    # Time of the next attempt, or null once it has ended
    next_attempt_at: Optional[str]
    # Time of its creation
    created_at: str
    # Time at which it was delivered or given up, or null
    ended_at: Optional[str]
    # Its attempts, oldest first
    attempts: List[DeliveryAttempt]


class Delivery(_Delivery, total=False):
    """A delivery."""

    # Members of the request that no request has and that were ignored; only in answers to a request that has some.
    warnings: List[ProblemFieldError]


class DeliveryAttempt(TypedDict):
    """An attempt to deliver."""

    # Its number; attempts of nodes that died are missing
    attempt: int
    # Time of its end
    ended_at: str
    # Its duration
    duration_ms: int
    # HTTP status of the answer, or null without an answer
    status: Optional[int]
    # The error, or null
    error: Optional[str]
    # Start of the answer's body, or null
    answer: Optional[str]


class FeedEventSummary(TypedDict):
    """The main members of a job. Times are ISO-8601 with offset."""

    # Its id
    job_id: str
    # Name of its tool
    tool: str
    # Its status
    status: Literal["pending", "running", "completed", "failed", "cancelled"]
    # Number of attempts that have begun
    attempt: int
    # 0 to 10, 10 first
    priority: int
    # Time of its submit
    created_at: str
    # Start of the latest attempt, or null
    started_at: Optional[str]
    # Its end, or null
    completed_at: Optional[str]
    # Duration of the last attempt, or null
    duration_ms: Optional[int]
    # Its error, or null
    error: Optional[str]
    # Code of its error, or null
    error_code: Optional[str]
    # Trace of its submit
    trace_id: str
    # Its batch, or null
    batch_id: Optional[str]
    # The schedule that made it, or null
    schedule_id: Optional[str]
    # The node that runs it or ran it last, or null
    node: Optional[str]
    # Whether its tool has asked something that nobody has answered
    waiting_for_input: bool


class File(TypedDict):
    """A file."""

    # Id to send in params
    file_id: str
    # Without a path
    name: str
    # Its size
    bytes: int
    # 64 hexadecimal digits
    sha256: str
    # Media type that its uploader sent
    media_type: str
    # Start of its upload
    created_at: str
    # Time at which it is removed if no job uses it
    expires_at: str


class _Input(TypedDict):
    """What is always there."""

    # Names it within the job
    key: str
    # What people are asked
    message: str
    # JSON Schema of the answer's content, or null if any JSON is right
    schema: Any
    # The attempt that asked it last
    attempt: int
    # When it was first asked
    asked_at: str
    # Until when it can be answered
    expires_at: str
    # The answer, or null
    answer: Optional[InputGiven]
    # Time of the answer, or null
    answered_at: Optional[str]
    # Who answered, or null
    answered_by: Optional[str]


class Input(_Input, total=False):
    """A question of a job's tool. Times are ISO-8601 with offset."""

    # The request that MCP clients get; null and left out if it is made of message and schema
    mcp: Any
    # Members of the request that no request has and that were ignored; only in answers to a request that has some.
    warnings: List[ProblemFieldError]


class InputGiven(TypedDict):
    """The answer to a question."""

    # What somebody did with the question
    action: Literal["accept", "decline", "cancel"]
    # The answer itself; null unless accepted
    content: Any


class _Job(TypedDict):
    """What is always there."""

    # Its id
    job_id: str
    # Name of its tool
    tool: str
    # Its status
    status: Literal["pending", "running", "completed", "failed", "cancelled"]
    # Time of its submit
    created_at: str
    # Start of the latest attempt, or null
    started_at: Optional[str]
    # Its end, or null
    completed_at: Optional[str]
    # Time from which it may be removed; before its end, the earliest time at which that may be
    expires_at: str
    # Time by which its first attempt must have begun, or else it fails soon after; null without such a limit, if it has begun, and while it waits for the end of other jobs
    start_by: Optional[str]
    # The limit that it was given, from which start_by follows; null for none
    start_within_seconds: Optional[int]
    # Duration of the latest attempt, up to now if it runs; null before its start
    duration_ms: Optional[int]
    # JSON; numbers keep all their digits
    params: Any
    # JSON of any type once completed, else null
    result: Any
    # Its error for people; null unless failed
    error: Optional[str]
    # Stable code of its error; null unless failed. A job that was cancelled because a predecessor did not complete has both
    error_code: Optional[str]
    # Its latest progress, or null
    progress: Optional[JobProgress]
    # W3C trace id of its submit
    trace_id: str
    # 0 to 10, 10 first
    priority: int
    # Earliest start, or null
    run_at: Optional[str]
    # Number of attempts that have begun
    attempt: int
    # Number of attempts that may fail, or null for the tool's policy
    max_attempts: Optional[int]
    # Longest duration of one attempt, or null for the tool's policy
    timeout_seconds: Optional[int]
    # Its own waits between attempts, or null for the tool's policy
    retry: Optional[Retry]
    # `retry` or `fail`, or null for the tool's policy
    on_worker_loss: Optional[Literal["retry", "fail"]]
    # The node that runs it or ran it last, or null
    node: Optional[str]
    # Number of predecessors that have not ended
    awaits: int
    # Whether its tool has asked something that nobody has answered
    waiting_for_input: bool
    # The batch it belongs to, or null
    batch_id: Optional[str]
    # The schedule that made it, or null
    schedule_id: Optional[str]
    # The job that it repeats, or null
    retry_of: Optional[str]


class Job(_Job, total=False):
    """A job. Times are ISO-8601 with offset."""

    # The fingerprint of its failure: jobs that failed alike have the same. Null and left out unless failed
    failure: str
    # Version of the tool that worked on it last; null and left out without one
    tool_version: str
    # The reason why a pending job has not begun; left out of others, and of lists, streams and answers to submits
    waiting: JobWaiting
    # The questions that nobody has answered; left out if there are none, and in lists
    inputs: List[Input]
    # Jobs with the same key take turns; null and left out without one
    concurrency_key: str
    # Jobs of the tool with different keys get equal shares; null and left out without one
    fairness_key: str
    # An endpoint that is told of this job's end only; null and left out without one
    webhook: OwnWebhook
    # Only in a list whose `fields` name members of params: their values by name, as text of at most 200 characters. Those that the job does not have are missing, and all if its params take more than 64 KiB
    chosen_params: Dict[str, Any]
    # Params or result if a list left them out because they are large; get the job itself to see them
    omitted: List[Literal["params", "result"]]
    # Members of the request that no request has and that were ignored; only in answers to a request that has some.
    warnings: List[ProblemFieldError]


class JobFiles(TypedDict):
    """The files of a job."""

    # The job
    job_id: str
    # Files that the job produced, sorted by name; empty until it is completed
    files: List[JobFilesOutput]
    # Uploaded files in its params
    inputs: List[JobFilesInput]


class JobFilesInput(TypedDict):
    """An uploaded file in the params."""

    # JSON Pointer to the param
    param: str
    # Name of the upload
    name: str
    # Its id
    file_id: str
    # Its size
    bytes: int
    # 64 hexadecimal digits
    sha256: str
    # Media type that its uploader sent
    media_type: str


class JobFilesOutput(TypedDict):
    """A file that the job produced."""

    # Its path, such as `plots/a.png`
    name: str
    # Its id
    file_id: str
    # Its size
    bytes: int
    # 64 hexadecimal digits
    sha256: str
    # Media type, guessed from its name
    media_type: str


class JobInList(TypedDict, total=False):
    """A job. Times are ISO-8601 with offset."""

    # Its id
    job_id: str
    # Name of its tool
    tool: str
    # Its status
    status: Literal["pending", "running", "completed", "failed", "cancelled"]
    # Time of its submit
    created_at: str
    # Start of the latest attempt, or null
    started_at: Optional[str]
    # Its end, or null
    completed_at: Optional[str]
    # Time from which it may be removed; before its end, the earliest time at which that may be
    expires_at: str
    # Time by which its first attempt must have begun, or else it fails soon after; null without such a limit, if it has begun, and while it waits for the end of other jobs
    start_by: Optional[str]
    # The limit that it was given, from which start_by follows; null for none
    start_within_seconds: Optional[int]
    # Duration of the latest attempt, up to now if it runs; null before its start
    duration_ms: Optional[int]
    # JSON; numbers keep all their digits
    params: Any
    # JSON of any type once completed, else null
    result: Any
    # Its error for people; null unless failed
    error: Optional[str]
    # Stable code of its error; null unless failed. A job that was cancelled because a predecessor did not complete has both
    error_code: Optional[str]
    # The fingerprint of its failure: jobs that failed alike have the same. Null and left out unless failed
    failure: str
    # Its latest progress, or null
    progress: Optional[JobProgress]
    # W3C trace id of its submit
    trace_id: str
    # 0 to 10, 10 first
    priority: int
    # Earliest start, or null
    run_at: Optional[str]
    # Number of attempts that have begun
    attempt: int
    # Number of attempts that may fail, or null for the tool's policy
    max_attempts: Optional[int]
    # Longest duration of one attempt, or null for the tool's policy
    timeout_seconds: Optional[int]
    # Its own waits between attempts, or null for the tool's policy
    retry: Optional[Retry]
    # `retry` or `fail`, or null for the tool's policy
    on_worker_loss: Optional[Literal["retry", "fail"]]
    # The node that runs it or ran it last, or null
    node: Optional[str]
    # Version of the tool that worked on it last; null and left out without one
    tool_version: str
    # Number of predecessors that have not ended
    awaits: int
    # The reason why a pending job has not begun; left out of others, and of lists, streams and answers to submits
    waiting: JobWaiting
    # Whether its tool has asked something that nobody has answered
    waiting_for_input: bool
    # The questions that nobody has answered; left out if there are none, and in lists
    inputs: List[Input]
    # The batch it belongs to, or null
    batch_id: Optional[str]
    # The schedule that made it, or null
    schedule_id: Optional[str]
    # The job that it repeats, or null
    retry_of: Optional[str]
    # Jobs with the same key take turns; null and left out without one
    concurrency_key: str
    # Jobs of the tool with different keys get equal shares; null and left out without one
    fairness_key: str
    # An endpoint that is told of this job's end only; null and left out without one
    webhook: OwnWebhook
    # Only in a list whose `fields` name members of params: their values by name, as text of at most 200 characters. Those that the job does not have are missing, and all if its params take more than 64 KiB
    chosen_params: Dict[str, Any]
    # Params or result if a list left them out because they are large; get the job itself to see them
    omitted: List[Literal["params", "result"]]


class JobInputs(TypedDict):
    """The questions of a job."""

    # The job
    job_id: str
    # Whether somebody is to answer
    waiting_for_input: bool
    # All questions, first to last
    inputs: List[Input]


class _JobLinesResult(TypedDict):
    """What is always there."""

    # Position among the lines that are not empty, from 0
    index: int


class JobLinesResult(_JobLinesResult, total=False):
    """The result of one line."""

    # Created, replayed or rejected
    status: Literal["created", "replayed", "rejected"]
    # The job; left out if rejected
    job_id: str
    # Reason of a rejection, else left out
    error: BatchRejection
    # Members of the line that no job has, with what was probably meant; left out if there are none
    warnings: List[ProblemFieldError]


class _JobList(TypedDict):
    """What is always there."""

    # The page; each job has all members, or those that `fields` names
    jobs: List[JobInList]
    # Number of jobs on all pages
    total: int
    # Largest number of jobs on a page
    limit: int
    # Number of jobs that were skipped
    offset: int
    # Cursor of the next page; null on the last one
    next_cursor: Optional[str]
    # True if total is an estimate, because an exact count would take too long
    total_is_estimate: bool


class JobList(_JobList, total=False):
    """A page of jobs."""

    # Only in a search by `error` or `params`: the time up to which jobs were looked at, null and left out if the page is full or the last one. Go on with the next page, however many jobs this one has
    searched_to: str


class JobLog(TypedDict):
    """A part of a job's log, oldest line first."""

    # The job
    job_id: str
    # The part
    lines: List[JobLogLine]
    # Send it as `after` to continue; works later, too, when more lines have been written
    next_after: int
    # Send it as `before`, with `last`, for what comes before
    next_before: int
    # True if there are no further lines in this direction now
    complete: bool


class JobLogLine(TypedDict):
    """A line."""

    # Ascending within a job, with gaps
    line_no: int
    # The attempt that wrote it
    attempt: int
    # Time at which it was read from the tool
    logged_at: str
    # The text
    line: str


class JobProgress(TypedDict):
    """The progress of a job."""

    # 0.0 to 1.0, or null when unknown
    fraction: Optional[Number]
    # The current step, or null
    message: Optional[str]
    # Time of this report
    updated_at: str


class _JobRequest(TypedDict):
    """What is always there."""

    # Name of the tool
    tool: str


class JobRequest(_JobRequest, total=False):
    """A job to submit. Unknown members are ignored with a warning, unless the configuration refuses them."""

    # For the tool, an object that its schema accepts
    params: Dict[str, Any]
    # Hours that the job is kept after its end; the server's limit may be lower (168 unless configured) and it has a default (24 unless configured), which null stands for
    ttl_hours: Optional[int]
    # Time in which its first attempt must begin, or the job fails with EXPIRED; counts from the submit, from run_at or from the end of the jobs in after, whichever is last. Null for the tool's policy, which has no limit unless configured
    start_within_seconds: Optional[int]
    # 10 first, or null for 0
    priority: Optional[int]
    # Earliest start, or null
    run_at: Optional[str]
    # Number of attempts that may fail, or null for the tool's policy
    max_attempts: Optional[int]
    # Longest duration of one attempt, or null for the tool's policy
    timeout_seconds: Optional[int]
    # Waits between attempts, or null for the tool's policy
    retry: Optional[RetryRequest]
    # Action when the job's node dies, or null for the tool's policy
    on_worker_loss: Optional[Literal["retry", "fail"]]
    # The same as the header, or null
    idempotency_key: Optional[str]
    # Jobs with the same key take turns, or null
    concurrency_key: Optional[str]
    # Jobs of the tool with different keys get equal shares, or null
    fairness_key: Optional[str]
    # An endpoint that is told of its end, or null
    webhook: Optional[OwnWebhookRequest]
    # Jobs that must end first, or null
    after: Optional[List[str]]
    # Whether the job also starts if they fail, or null for no
    after_any: Optional[bool]


class _JobWaiting(TypedDict):
    """What is always there."""

    # The kind of reason
    reason: Literal["DATABASE_READ_ONLY", "SCHEMA", "EXPIRED", "PREDECESSORS", "RUN_AT", "RETRY", "INPUT", "TOOL_PAUSED", "TOOL_NOT_OFFERED", "NODES_DRAINING", "CONCURRENCY_KEY", "TOOL_LIMIT", "RATE_LIMIT", "NODE_LIMIT", "QUEUE"]
    # One sentence for people
    message: str
    # Up to three jobs that it waits for or that hold what it needs, as far as the caller may see them
    jobs: List[str]


class JobWaiting(_JobWaiting, total=False):
    """The reason why a pending job has not begun."""

    # Time at which the reason ends; null and left out if something else must happen
    until: str


class OwnWebhook(TypedDict, total=False):
    """The endpoint that is told of one job's end only. Its secret and the query of its URL are not shown."""

    # The endpoint, or left out
    id: str
    # The job's own URL without its query, or left out
    url: str
    # The events that are sent; left out for all
    events: List[str]
    # Whether small results are included; left out for no
    include_result: bool


class OwnWebhookRequest(TypedDict, total=False):
    """An endpoint that is told of one job's end only. Either id or url is required."""

    # Of an endpoint, or null
    id: Optional[str]
    # Address to send to, or null
    url: Optional[str]
    # Secret for signatures, only together with url, or null
    secret: Optional[str]
    # The events to send, or null for all
    events: Optional[List[Literal["job.completed", "job.failed", "job.cancelled"]]]
    # Whether small results are included, or null for no
    include_result: Optional[bool]


class _Problem(TypedDict):
    """What is always there."""

    # Always `about:blank`: use `error_code` to tell problems apart
    type: str
    # The status in words
    title: str
    # The HTTP status
    status: int
    # The error and its cure, for people
    detail: str
    # The request's path
    instance: str
    # Always false
    ok: bool
    # Stable code
    error_code: str
    # The same as detail
    message: str
    # The trace id to look for in the server's log
    trace_id: str
    # The requested tool, or null
    tool: Optional[str]
    # The wrong members; empty if the error is not in single members
    errors: List[ProblemFieldError]


class Problem(_Problem, total=False):
    """Every error has this shape (RFC 9457, `application/problem+json`), with the members that clients of the predecessor know."""

    # Number of jobs in a full queue; left out of other problems
    queue_depth: int
    # Expected wait in a full queue, or null if unknown; left out of other problems
    estimated_wait_ms: Any
    # Members of the request that no request has, with what was probably meant; left out if there are none
    warnings: List[ProblemFieldError]


class ProblemFieldError(TypedDict):
    """A wrong member."""

    # JSON Pointer (RFC 6901) into the body, or `/name` for a query parameter
    pointer: str
    # The error there
    message: str


class _Redelivered(TypedDict):
    """What is always there."""

    # The number
    redelivered: int
    # Whether there may be more
    more: bool


class Redelivered(_Redelivered, total=False):
    """The number of repeated deliveries."""

    # Members of the request that no request has and that were ignored; only in answers to a request that has some.
    warnings: List[ProblemFieldError]


class Retry(TypedDict, total=False):
    """A job's own waits between attempts, as submitted. The tool's policy holds for members that are left out."""

    # Wait after the first failure, such as `5s`
    backoff: str
    # Factor from one wait to the next
    multiplier: Number
    # The longest wait
    max_backoff: str
    # Random share of the wait, 0 to 1
    jitter: Number


class RetryRequest(TypedDict, total=False):
    """Waits between attempts. The tool's policy holds for members that are left out or null."""

    # Wait after the first failure, up to 7 days, or null
    backoff: Optional[str]
    # Factor from one wait to the next, or null
    multiplier: Optional[Number]
    # The longest wait, up to 7 days, or null
    max_backoff: Optional[str]
    # Random share of the wait, or null
    jitter: Optional[Number]


class _Schedule(TypedDict):
    """What is always there."""

    # Its id
    schedule_id: str
    # Unique
    name: str
    # Name of the tool
    tool: str
    # Of its jobs, as JSON
    params: Any
    # Five fields
    cron: str
    # Time zone of the fields
    time_zone: str
    # Treatment of missed runs
    misfire: Literal["skip", "run_once", "run_all"]
    # Whether it is paused
    paused: bool
    # Time of its next run, or null while it is paused
    next_run_at: Optional[str]
    # Time of its last job, or null
    last_run_at: Optional[str]
    # That job, or null
    last_job_id: Optional[str]
    # The reason why its last run made no job, or the runs that it skipped, or null
    last_error: Optional[str]
    # Time of its creation
    created_at: str


class Schedule(_Schedule, total=False):
    """A schedule."""

    # Of its jobs
    priority: int
    # Hours that its jobs are kept after their ends
    ttl_hours: int
    # Time in which each must begin
    start_within_seconds: int
    # Longest duration of one attempt
    timeout_seconds: int
    # Number of attempts that may fail
    max_attempts: int
    # Waits between attempts
    retry: RetryRequest
    # Action when a job's node dies
    on_worker_loss: Literal["retry", "fail"]
    # Jobs with the same key take turns
    concurrency_key: str
    # Jobs of the tool with different keys get equal shares
    fairness_key: str
    # An endpoint that is told of the ends of its jobs
    webhook: OwnWebhook
    # Whether a run may start while the last one has not ended
    overlap: Literal["allow", "skip"]
    # Members of the request that no request has and that were ignored; only in answers to a request that has some.
    warnings: List[ProblemFieldError]


class ScheduleChange(TypedDict, total=False):
    """Changes to a schedule. Members that are left out stay as they are; null sets an option back to its default."""

    # Unique
    name: str
    # Name of the tool
    tool: str
    # Of its jobs
    params: Dict[str, Any]
    # Five fields: minute, hour, day of month, month, day of week; or `@hourly`, `@daily`, `@midnight`, `@weekly`, `@monthly`, `@yearly` or `@annually`, which are kept as fields
    cron: str
    # Time zone of the fields, a name of the IANA database, or null for UTC
    time_zone: Optional[str]
    # Treatment of missed runs, or null for run_once
    misfire: Optional[Literal["skip", "run_once", "run_all"]]
    # Whether it is paused, or null for no
    paused: Optional[bool]
    # Of its jobs, 10 first, or null for 0
    priority: Optional[int]
    # Hours that its jobs are kept after their ends, or null for the default
    ttl_hours: Optional[int]
    # Time in which each must begin, or null for the tool's policy
    start_within_seconds: Optional[int]
    # Longest duration of one attempt, or null for the tool's policy
    timeout_seconds: Optional[int]
    # Number of attempts that may fail, or null for the tool's policy
    max_attempts: Optional[int]
    # Waits between attempts, or null for the tool's policy
    retry: Optional[RetryRequest]
    # Action when a job's node dies, or null for the tool's policy
    on_worker_loss: Optional[Literal["retry", "fail"]]
    # Jobs with the same key take turns, or null
    concurrency_key: Optional[str]
    # Jobs of the tool with different keys get equal shares, or null
    fairness_key: Optional[str]
    # An endpoint that is told of the ends of its jobs, or null
    webhook: Optional[OwnWebhookRequest]
    # Whether a run may start while the last one has not ended, or null for allow
    overlap: Optional[Literal["allow", "skip"]]


class _ScheduleRequest(TypedDict):
    """What is always there."""

    # Unique
    name: str
    # Name of the tool
    tool: str
    # Five fields: minute, hour, day of month, month, day of week; or `@hourly`, `@daily`, `@midnight`, `@weekly`, `@monthly`, `@yearly` or `@annually`, which are kept as fields
    cron: str


class ScheduleRequest(_ScheduleRequest, total=False):
    """A schedule."""

    # Of its jobs
    params: Dict[str, Any]
    # Time zone of the fields, a name of the IANA database, or null for UTC
    time_zone: Optional[str]
    # Treatment of missed runs, or null for run_once
    misfire: Optional[Literal["skip", "run_once", "run_all"]]
    # Whether it is paused, or null for no
    paused: Optional[bool]
    # Of its jobs, 10 first, or null for 0
    priority: Optional[int]
    # Hours that its jobs are kept after their ends, or null for the default
    ttl_hours: Optional[int]
    # Time in which each must begin, or null for the tool's policy
    start_within_seconds: Optional[int]
    # Longest duration of one attempt, or null for the tool's policy
    timeout_seconds: Optional[int]
    # Number of attempts that may fail, or null for the tool's policy
    max_attempts: Optional[int]
    # Waits between attempts, or null for the tool's policy
    retry: Optional[RetryRequest]
    # Action when a job's node dies, or null for the tool's policy
    on_worker_loss: Optional[Literal["retry", "fail"]]
    # Jobs with the same key take turns, or null
    concurrency_key: Optional[str]
    # Jobs of the tool with different keys get equal shares, or null
    fairness_key: Optional[str]
    # An endpoint that is told of the ends of its jobs, or null
    webhook: Optional[OwnWebhookRequest]
    # Whether a run may start while the last one has not ended, or null for allow
    overlap: Optional[Literal["allow", "skip"]]


class _Tool(TypedDict):
    """What is always there."""

    # Its name
    name: str
    # For people and models
    description: str
    # JSON Schema of its params
    input_schema: Any
    # Whether it is paused: no jobs are claimed
    paused: bool


class Tool(_Tool, total=False):
    """A tool."""

    # Version, which its jobs record as `tool_version`; null and left out without one
    version: str


class ToolList(TypedDict):
    """All tools."""

    # Sorted by name
    tools: List[Tool]


class _Webhook(TypedDict):
    """What is always there."""

    # Its id
    webhook_id: str
    # Its address
    url: str
    # For people, or null
    description: Optional[str]
    # Events that it gets: job.completed, job.failed, job.cancelled, batch.ended
    events: List[str]
    # Tools whose jobs it is told of, or null for all; empty for only those jobs that name it
    tools: Optional[List[str]]
    # Whether small results are included
    include_result: bool
    # Active, paused (deliveries wait), failing (the latest deliveries have failed), or disabled (it gets no more deliveries)
    status: Literal["active", "paused", "failing", "disabled"]
    # The reason why it is disabled, or null
    disabled_reason: Optional[str]
    # Time since which no delivery has succeeded, or null
    failing_since: Optional[str]
    # Time until which deliveries are also signed with the former secrets, or null
    old_secret_until: Optional[str]
    # Time of its creation
    created_at: str


class Webhook(_Webhook, total=False):
    """An endpoint for webhooks."""

    # The secret for signatures; shown only in the answer to the request that set it, otherwise left out
    secret: str
    # Members of the request that no request has and that were ignored; only in answers to a request that has some.
    warnings: List[ProblemFieldError]


class WebhookChange(TypedDict, total=False):
    """Changes to an endpoint. Members that are left out stay as they are; null sets a member back to its default."""

    # Its address
    url: str
    # For people, or null
    description: Optional[str]
    # Events that it gets, or null for the ends of jobs
    events: Optional[List[Literal["job.completed", "job.failed", "job.cancelled", "batch.ended"]]]
    # Tools whose jobs it is told of, or null for all
    tools: Optional[List[str]]
    # Whether small results are included, or null for no
    include_result: Optional[bool]


class _WebhookRequest(TypedDict):
    """What is always there."""

    # Its address
    url: str


class WebhookRequest(_WebhookRequest, total=False):
    """An endpoint for webhooks."""

    # For people, or null
    description: Optional[str]
    # Events that it gets, or null for the ends of jobs
    events: Optional[List[Literal["job.completed", "job.failed", "job.cancelled", "batch.ended"]]]
    # Tools whose jobs it is told of, or null for all
    tools: Optional[List[str]]
    # Whether small results are included, or null for no
    include_result: Optional[bool]
    # Secret for signatures; a random one if left out or null
    secret: Optional[str]
