// The objects of the API. Made from its description by OpenApiTest: do not change this file.

/** The result of a batch. */
export interface BatchAnswer {
  /** The batch of the new jobs; if none is new, the batch that all repeated jobs share, else null */
  batch_id: string | null;
  /** Number of new jobs */
  created: number;
  /** Number of jobs that an earlier submit with the same idempotency key made */
  replayed: number;
  /** Number of jobs that were not accepted */
  rejected: number;
  /** One for each job, in the order of the request */
  results: BatchResult[];
  /** Members of the request that no request has and that were ignored; only in answers to a request that has some. */
  warnings?: ProblemFieldError[];
}

/** The reason why a job was not accepted. */
export interface BatchRejection {
  /** Stable code, as for a single job */
  error_code: string;
  /** The error and its cure */
  message: string;
  /** The wrong members, as JSON Pointers into the body of the request */
  errors: ProblemFieldError[];
}

/** The result of one job. */
export interface BatchResult {
  /** Position in the request, from 0 */
  index: number;
  /** Created, replayed or rejected */
  status?: "created" | "replayed" | "rejected";
  /** The job's id, if ids were asked for */
  job_id?: string;
  /** The job if ids were not asked for, unless it was rejected */
  job?: Job;
  /** Reason of a rejection, else left out */
  error?: BatchRejection;
}

/** The answer to a cancel. */
export interface CancelAnswer {
  /** False if the job had ended before */
  cancelled: boolean;
  /** The job */
  job_id: string;
  /** The job's status now */
  status: "pending" | "running" | "completed" | "failed" | "cancelled";
  /** For people */
  message: string;
  /** Members of the request that no request has and that were ignored; only in answers to a request that has some. */
  warnings?: ProblemFieldError[];
}

/** A delivery. */
export interface Delivery {
  /** Its id, sent as `webhook-id` */
  delivery_id: string;
  /** The endpoint, or null for the job's own URL */
  webhook_id: string | null;
  /** The job, or null */
  job_id: string | null;
  /** The event it sends */
  event: string;
  /** Pending, delivered or failed */
  status: "pending" | "delivered" | "failed";
  /** Time of the next attempt, or null once it has ended */
  next_attempt_at: string | null;
  /** Time of its creation */
  created_at: string;
  /** Time at which it was delivered or given up, or null */
  ended_at: string | null;
  /** Its attempts, oldest first */
  attempts: DeliveryAttempt[];
  /** Members of the request that no request has and that were ignored; only in answers to a request that has some. */
  warnings?: ProblemFieldError[];
}

/** An attempt to deliver. */
export interface DeliveryAttempt {
  /** Its number; attempts of nodes that died are missing */
  attempt: number;
  /** Time of its end */
  ended_at: string;
  /** Its duration */
  duration_ms: number;
  /** HTTP status of the answer, or null without an answer */
  status: number | null;
  /** The error, or null */
  error: string | null;
  /** Start of the answer's body, or null */
  answer: string | null;
}

/** The main members of a job. Times are ISO-8601 with offset. */
export interface FeedEventSummary {
  /** Its id */
  job_id: string;
  /** Name of its tool */
  tool: string;
  /** Its status */
  status: "pending" | "running" | "completed" | "failed" | "cancelled";
  /** Number of attempts that have begun */
  attempt: number;
  /** 0 to 10, 10 first */
  priority: number;
  /** Time of its submit */
  created_at: string;
  /** Start of the latest attempt, or null */
  started_at: string | null;
  /** Its end, or null */
  completed_at: string | null;
  /** Duration of the last attempt, or null */
  duration_ms: number | null;
  /** Its error, or null */
  error: string | null;
  /** Code of its error, or null */
  error_code: string | null;
  /** Trace of its submit */
  trace_id: string;
  /** Its batch, or null */
  batch_id: string | null;
  /** The schedule that made it, or null */
  schedule_id: string | null;
  /** The node that runs it or ran it last, or null */
  node: string | null;
  /** Whether its tool has asked something that nobody has answered */
  waiting_for_input: boolean;
}

/** A file. */
export interface File {
  /** Id to send in params */
  file_id: string;
  /** Without a path */
  name: string;
  /** Its size */
  bytes: number;
  /** 64 hexadecimal digits */
  sha256: string;
  /** Media type that its uploader sent */
  media_type: string;
  /** Start of its upload */
  created_at: string;
  /** Time at which it is removed if no job uses it */
  expires_at: string;
}

/** A question of a job's tool. Times are ISO-8601 with offset. */
export interface Input {
  /** Names it within the job */
  key: string;
  /** What people are asked */
  message: string;
  /** JSON Schema of the answer's content, or null if any JSON is right */
  schema: any;
  /** The request that MCP clients get; null and left out if it is made of message and schema */
  mcp?: any;
  /** The attempt that asked it last */
  attempt: number;
  /** When it was first asked */
  asked_at: string;
  /** Until when it can be answered */
  expires_at: string;
  /** The answer, or null */
  answer: InputGiven | null;
  /** Time of the answer, or null */
  answered_at: string | null;
  /** Who answered, or null */
  answered_by: string | null;
  /** Members of the request that no request has and that were ignored; only in answers to a request that has some. */
  warnings?: ProblemFieldError[];
}

/** The answer to a question. */
export interface InputGiven {
  /** What somebody did with the question */
  action: "accept" | "decline" | "cancel";
  /** The answer itself; null unless accepted */
  content: any;
}

/** A job. Times are ISO-8601 with offset. */
export interface Job {
  /** Its id */
  job_id: string;
  /** Name of its tool */
  tool: string;
  /** Its status */
  status: "pending" | "running" | "completed" | "failed" | "cancelled";
  /** Time of its submit */
  created_at: string;
  /** Start of the latest attempt, or null */
  started_at: string | null;
  /** Its end, or null */
  completed_at: string | null;
  /** Time from which it may be removed; before its end, the earliest time at which that may be */
  expires_at: string;
  /** Time by which its first attempt must have begun, or else it fails soon after; null without such a limit, if it has begun, and while it waits for the end of other jobs */
  start_by: string | null;
  /** The limit that it was given, from which start_by follows; null for none */
  start_within_seconds: number | null;
  /** Duration of the latest attempt, up to now if it runs; null before its start */
  duration_ms: number | null;
  /** JSON; numbers keep all their digits */
  params: any;
  /** JSON of any type once completed, else null */
  result: any;
  /** Its error for people; null unless failed */
  error: string | null;
  /** Stable code of its error; null unless failed. A job that was cancelled because a predecessor did not complete has both */
  error_code: string | null;
  /** The fingerprint of its failure: jobs that failed alike have the same. Null and left out unless failed */
  failure?: string;
  /** Its latest progress, or null */
  progress: JobProgress | null;
  /** W3C trace id of its submit */
  trace_id: string;
  /** 0 to 10, 10 first */
  priority: number;
  /** Earliest start, or null */
  run_at: string | null;
  /** Number of attempts that have begun */
  attempt: number;
  /** Number of attempts that may fail, or null for the tool's policy */
  max_attempts: number | null;
  /** Longest duration of one attempt, or null for the tool's policy */
  timeout_seconds: number | null;
  /** Its own waits between attempts, or null for the tool's policy */
  retry: Retry | null;
  /** `retry` or `fail`, or null for the tool's policy */
  on_worker_loss: "retry" | "fail" | null;
  /** The node that runs it or ran it last, or null */
  node: string | null;
  /** Version of the tool that worked on it last; null and left out without one */
  tool_version?: string;
  /** Number of predecessors that have not ended */
  awaits: number;
  /** The reason why a pending job has not begun; left out of others, and of lists, streams and answers to submits */
  waiting?: JobWaiting;
  /** Whether its tool has asked something that nobody has answered */
  waiting_for_input: boolean;
  /** The questions that nobody has answered; left out if there are none, and in lists */
  inputs?: Input[];
  /** The batch it belongs to, or null */
  batch_id: string | null;
  /** The schedule that made it, or null */
  schedule_id: string | null;
  /** The job that it repeats, or null */
  retry_of: string | null;
  /** Jobs with the same key take turns; null and left out without one */
  concurrency_key?: string;
  /** Jobs of the tool with different keys get equal shares; null and left out without one */
  fairness_key?: string;
  /** An endpoint that is told of this job's end only; null and left out without one */
  webhook?: OwnWebhook;
  /** Only in a list whose `fields` name members of params: their values by name, as text of at most 200 characters. Those that the job does not have are missing, and all if its params take more than 64 KiB */
  chosen_params?: Record<string, any>;
  /** Params or result if a list left them out because they are large; get the job itself to see them */
  omitted?: ("params" | "result")[];
  /** Members of the request that no request has and that were ignored; only in answers to a request that has some. */
  warnings?: ProblemFieldError[];
}

/** The files of a job. */
export interface JobFiles {
  /** The job */
  job_id: string;
  /** Files that the job produced, sorted by name; empty until it is completed */
  files: JobFilesOutput[];
  /** Uploaded files in its params */
  inputs: JobFilesInput[];
}

/** An uploaded file in the params. */
export interface JobFilesInput {
  /** JSON Pointer to the param */
  param: string;
  /** Name of the upload */
  name: string;
  /** Its id */
  file_id: string;
  /** Its size */
  bytes: number;
  /** 64 hexadecimal digits */
  sha256: string;
  /** Media type that its uploader sent */
  media_type: string;
}

/** A file that the job produced. */
export interface JobFilesOutput {
  /** Its path, such as `plots/a.png` */
  name: string;
  /** Its id */
  file_id: string;
  /** Its size */
  bytes: number;
  /** 64 hexadecimal digits */
  sha256: string;
  /** Media type, guessed from its name */
  media_type: string;
}

/** A job. Times are ISO-8601 with offset. */
export interface JobInList {
  /** Its id */
  job_id?: string;
  /** Name of its tool */
  tool?: string;
  /** Its status */
  status?: "pending" | "running" | "completed" | "failed" | "cancelled";
  /** Time of its submit */
  created_at?: string;
  /** Start of the latest attempt, or null */
  started_at?: string | null;
  /** Its end, or null */
  completed_at?: string | null;
  /** Time from which it may be removed; before its end, the earliest time at which that may be */
  expires_at?: string;
  /** Time by which its first attempt must have begun, or else it fails soon after; null without such a limit, if it has begun, and while it waits for the end of other jobs */
  start_by?: string | null;
  /** The limit that it was given, from which start_by follows; null for none */
  start_within_seconds?: number | null;
  /** Duration of the latest attempt, up to now if it runs; null before its start */
  duration_ms?: number | null;
  /** JSON; numbers keep all their digits */
  params?: any;
  /** JSON of any type once completed, else null */
  result?: any;
  /** Its error for people; null unless failed */
  error?: string | null;
  /** Stable code of its error; null unless failed. A job that was cancelled because a predecessor did not complete has both */
  error_code?: string | null;
  /** The fingerprint of its failure: jobs that failed alike have the same. Null and left out unless failed */
  failure?: string;
  /** Its latest progress, or null */
  progress?: JobProgress | null;
  /** W3C trace id of its submit */
  trace_id?: string;
  /** 0 to 10, 10 first */
  priority?: number;
  /** Earliest start, or null */
  run_at?: string | null;
  /** Number of attempts that have begun */
  attempt?: number;
  /** Number of attempts that may fail, or null for the tool's policy */
  max_attempts?: number | null;
  /** Longest duration of one attempt, or null for the tool's policy */
  timeout_seconds?: number | null;
  /** Its own waits between attempts, or null for the tool's policy */
  retry?: Retry | null;
  /** `retry` or `fail`, or null for the tool's policy */
  on_worker_loss?: "retry" | "fail" | null;
  /** The node that runs it or ran it last, or null */
  node?: string | null;
  /** Version of the tool that worked on it last; null and left out without one */
  tool_version?: string;
  /** Number of predecessors that have not ended */
  awaits?: number;
  /** The reason why a pending job has not begun; left out of others, and of lists, streams and answers to submits */
  waiting?: JobWaiting;
  /** Whether its tool has asked something that nobody has answered */
  waiting_for_input?: boolean;
  /** The questions that nobody has answered; left out if there are none, and in lists */
  inputs?: Input[];
  /** The batch it belongs to, or null */
  batch_id?: string | null;
  /** The schedule that made it, or null */
  schedule_id?: string | null;
  /** The job that it repeats, or null */
  retry_of?: string | null;
  /** Jobs with the same key take turns; null and left out without one */
  concurrency_key?: string;
  /** Jobs of the tool with different keys get equal shares; null and left out without one */
  fairness_key?: string;
  /** An endpoint that is told of this job's end only; null and left out without one */
  webhook?: OwnWebhook;
  /** Only in a list whose `fields` name members of params: their values by name, as text of at most 200 characters. Those that the job does not have are missing, and all if its params take more than 64 KiB */
  chosen_params?: Record<string, any>;
  /** Params or result if a list left them out because they are large; get the job itself to see them */
  omitted?: ("params" | "result")[];
}

/** The questions of a job. */
export interface JobInputs {
  /** The job */
  job_id: string;
  /** Whether somebody is to answer */
  waiting_for_input: boolean;
  /** All questions, first to last */
  inputs: Input[];
}

/** The result of one line. */
export interface JobLinesResult {
  /** Position among the lines that are not empty, from 0 */
  index: number;
  /** Created, replayed or rejected */
  status?: "created" | "replayed" | "rejected";
  /** The job; left out if rejected */
  job_id?: string;
  /** Reason of a rejection, else left out */
  error?: BatchRejection;
  /** Members of the line that no job has, with what was probably meant; left out if there are none */
  warnings?: ProblemFieldError[];
}

/** A page of jobs. */
export interface JobList {
  /** The page; each job has all members, or those that `fields` names */
  jobs: JobInList[];
  /** Number of jobs on all pages */
  total: number;
  /** Largest number of jobs on a page */
  limit: number;
  /** Number of jobs that were skipped */
  offset: number;
  /** Cursor of the next page; null on the last one */
  next_cursor: string | null;
  /** True if total is an estimate, because an exact count would take too long */
  total_is_estimate: boolean;
  /** Only in a search by `error` or `params`: the time up to which jobs were looked at, null and left out if the page is full or the last one. Go on with the next page, however many jobs this one has */
  searched_to?: string;
}

/** A part of a job's log, oldest line first. */
export interface JobLog {
  /** The job */
  job_id: string;
  /** The part */
  lines: JobLogLine[];
  /** Send it as `after` to continue; works later, too, when more lines have been written */
  next_after: number;
  /** Send it as `before`, with `last`, for what comes before */
  next_before: number;
  /** True if there are no further lines in this direction now */
  complete: boolean;
}

/** A line. */
export interface JobLogLine {
  /** Ascending within a job, with gaps */
  line_no: number;
  /** The attempt that wrote it */
  attempt: number;
  /** Time at which it was read from the tool */
  logged_at: string;
  /** The text */
  line: string;
}

/** The progress of a job. */
export interface JobProgress {
  /** 0.0 to 1.0, or null when unknown */
  fraction: number | null;
  /** The current step, or null */
  message: string | null;
  /** Time of this report */
  updated_at: string;
}

/** A job to submit. Unknown members are ignored with a warning, unless the configuration refuses them. */
export interface JobRequest {
  /** Name of the tool */
  tool: string;
  /** For the tool, an object that its schema accepts */
  params?: Record<string, any>;
  /** Hours that the job is kept after its end; the server's limit may be lower (168 unless configured) and it has a default (24 unless configured), which null stands for */
  ttl_hours?: number | null;
  /** Time in which its first attempt must begin, or the job fails with EXPIRED; counts from the submit, from run_at or from the end of the jobs in after, whichever is last. Null for the tool's policy, which has no limit unless configured */
  start_within_seconds?: number | null;
  /** 10 first, or null for 0 */
  priority?: number | null;
  /** Earliest start, or null */
  run_at?: string | null;
  /** Number of attempts that may fail, or null for the tool's policy */
  max_attempts?: number | null;
  /** Longest duration of one attempt, or null for the tool's policy */
  timeout_seconds?: number | null;
  /** Waits between attempts, or null for the tool's policy */
  retry?: RetryRequest | null;
  /** Action when the job's node dies, or null for the tool's policy */
  on_worker_loss?: "retry" | "fail" | null;
  /** The same as the header, or null */
  idempotency_key?: string | null;
  /** Jobs with the same key take turns, or null */
  concurrency_key?: string | null;
  /** Jobs of the tool with different keys get equal shares, or null */
  fairness_key?: string | null;
  /** An endpoint that is told of its end, or null */
  webhook?: OwnWebhookRequest | null;
  /** Jobs that must end first, or null */
  after?: string[] | null;
  /** Whether the job also starts if they fail, or null for no */
  after_any?: boolean | null;
}

/** The reason why a pending job has not begun. */
export interface JobWaiting {
  /** The kind of reason */
  reason: "DATABASE_READ_ONLY" | "SCHEMA" | "EXPIRED" | "PREDECESSORS" | "RUN_AT" | "RETRY" | "INPUT" | "TOOL_PAUSED" | "TOOL_NOT_OFFERED" | "NODES_DRAINING" | "CONCURRENCY_KEY" | "TOOL_LIMIT" | "RATE_LIMIT" | "NODE_LIMIT" | "QUEUE";
  /** One sentence for people */
  message: string;
  /** Time at which the reason ends; null and left out if something else must happen */
  until?: string;
  /** Up to three jobs that it waits for or that hold what it needs, as far as the caller may see them */
  jobs: string[];
}

/** The endpoint that is told of one job's end only. Its secret and the query of its URL are not shown. */
export interface OwnWebhook {
  /** The endpoint, or left out */
  id?: string;
  /** The job's own URL without its query, or left out */
  url?: string;
  /** The events that are sent; left out for all */
  events?: string[];
  /** Whether small results are included; left out for no */
  include_result?: boolean;
}

/** An endpoint that is told of one job's end only. Either id or url is required. */
export interface OwnWebhookRequest {
  /** Of an endpoint, or null */
  id?: string | null;
  /** Address to send to, or null */
  url?: string | null;
  /** Secret for signatures, only together with url, or null */
  secret?: string | null;
  /** The events to send, or null for all */
  events?: ("job.completed" | "job.failed" | "job.cancelled")[] | null;
  /** Whether small results are included, or null for no */
  include_result?: boolean | null;
}

/** Every error has this shape (RFC 9457, `application/problem+json`), with the members that clients of the predecessor know. */
export interface Problem {
  /** Always `about:blank`: use `error_code` to tell problems apart */
  type: string;
  /** The status in words */
  title: string;
  /** The HTTP status */
  status: number;
  /** The error and its cure, for people */
  detail: string;
  /** The request's path */
  instance: string;
  /** Always false */
  ok: boolean;
  /** Stable code */
  error_code: string;
  /** The same as detail */
  message: string;
  /** The trace id to look for in the server's log */
  trace_id: string;
  /** The requested tool, or null */
  tool: string | null;
  /** The wrong members; empty if the error is not in single members */
  errors: ProblemFieldError[];
  /** Number of jobs in a full queue; left out of other problems */
  queue_depth?: number;
  /** Expected wait in a full queue, or null if unknown; left out of other problems */
  estimated_wait_ms?: any;
  /** Members of the request that no request has, with what was probably meant; left out if there are none */
  warnings?: ProblemFieldError[];
}

/** A wrong member. */
export interface ProblemFieldError {
  /** JSON Pointer (RFC 6901) into the body, or `/name` for a query parameter */
  pointer: string;
  /** The error there */
  message: string;
}

/** The number of repeated deliveries. */
export interface Redelivered {
  /** The number */
  redelivered: number;
  /** Whether there may be more */
  more: boolean;
  /** Members of the request that no request has and that were ignored; only in answers to a request that has some. */
  warnings?: ProblemFieldError[];
}

/** A job's own waits between attempts, as submitted. The tool's policy holds for members that are left out. */
export interface Retry {
  /** Wait after the first failure, such as `5s` */
  backoff?: string;
  /** Factor from one wait to the next */
  multiplier?: number;
  /** The longest wait */
  max_backoff?: string;
  /** Random share of the wait, 0 to 1 */
  jitter?: number;
}

/** Waits between attempts. The tool's policy holds for members that are left out or null. */
export interface RetryRequest {
  /** Wait after the first failure, up to 7 days, or null */
  backoff?: string | null;
  /** Factor from one wait to the next, or null */
  multiplier?: number | null;
  /** The longest wait, up to 7 days, or null */
  max_backoff?: string | null;
  /** Random share of the wait, or null */
  jitter?: number | null;
}

/** A schedule. */
export interface Schedule {
  /** Its id */
  schedule_id: string;
  /** Unique */
  name: string;
  /** Name of the tool */
  tool: string;
  /** Of its jobs, as JSON */
  params: any;
  /** Five fields */
  cron: string;
  /** Time zone of the fields */
  time_zone: string;
  /** Treatment of missed runs */
  misfire: "skip" | "run_once" | "run_all";
  /** Whether it is paused */
  paused: boolean;
  /** Time of its next run, or null while it is paused */
  next_run_at: string | null;
  /** Time of its last job, or null */
  last_run_at: string | null;
  /** That job, or null */
  last_job_id: string | null;
  /** The reason why its last run made no job, or the runs that it skipped, or null */
  last_error: string | null;
  /** Time of its creation */
  created_at: string;
  /** Of its jobs */
  priority?: number;
  /** Hours that its jobs are kept after their ends */
  ttl_hours?: number;
  /** Time in which each must begin */
  start_within_seconds?: number;
  /** Longest duration of one attempt */
  timeout_seconds?: number;
  /** Number of attempts that may fail */
  max_attempts?: number;
  /** Waits between attempts */
  retry?: RetryRequest;
  /** Action when a job's node dies */
  on_worker_loss?: "retry" | "fail";
  /** Jobs with the same key take turns */
  concurrency_key?: string;
  /** Jobs of the tool with different keys get equal shares */
  fairness_key?: string;
  /** An endpoint that is told of the ends of its jobs */
  webhook?: OwnWebhook;
  /** Whether a run may start while the last one has not ended */
  overlap?: "allow" | "skip";
  /** Members of the request that no request has and that were ignored; only in answers to a request that has some. */
  warnings?: ProblemFieldError[];
}

/** Changes to a schedule. Members that are left out stay as they are; null sets an option back to its default. */
export interface ScheduleChange {
  /** Unique */
  name?: string;
  /** Name of the tool */
  tool?: string;
  /** Of its jobs */
  params?: Record<string, any>;
  /** Five fields: minute, hour, day of month, month, day of week; or `@hourly`, `@daily`, `@midnight`, `@weekly`, `@monthly`, `@yearly` or `@annually`, which are kept as fields */
  cron?: string;
  /** Time zone of the fields, a name of the IANA database, or null for UTC */
  time_zone?: string | null;
  /** Treatment of missed runs, or null for run_once */
  misfire?: "skip" | "run_once" | "run_all" | null;
  /** Whether it is paused, or null for no */
  paused?: boolean | null;
  /** Of its jobs, 10 first, or null for 0 */
  priority?: number | null;
  /** Hours that its jobs are kept after their ends, or null for the default */
  ttl_hours?: number | null;
  /** Time in which each must begin, or null for the tool's policy */
  start_within_seconds?: number | null;
  /** Longest duration of one attempt, or null for the tool's policy */
  timeout_seconds?: number | null;
  /** Number of attempts that may fail, or null for the tool's policy */
  max_attempts?: number | null;
  /** Waits between attempts, or null for the tool's policy */
  retry?: RetryRequest | null;
  /** Action when a job's node dies, or null for the tool's policy */
  on_worker_loss?: "retry" | "fail" | null;
  /** Jobs with the same key take turns, or null */
  concurrency_key?: string | null;
  /** Jobs of the tool with different keys get equal shares, or null */
  fairness_key?: string | null;
  /** An endpoint that is told of the ends of its jobs, or null */
  webhook?: OwnWebhookRequest | null;
  /** Whether a run may start while the last one has not ended, or null for allow */
  overlap?: "allow" | "skip" | null;
}

/** A schedule. */
export interface ScheduleRequest {
  /** Unique */
  name: string;
  /** Name of the tool */
  tool: string;
  /** Of its jobs */
  params?: Record<string, any>;
  /** Five fields: minute, hour, day of month, month, day of week; or `@hourly`, `@daily`, `@midnight`, `@weekly`, `@monthly`, `@yearly` or `@annually`, which are kept as fields */
  cron: string;
  /** Time zone of the fields, a name of the IANA database, or null for UTC */
  time_zone?: string | null;
  /** Treatment of missed runs, or null for run_once */
  misfire?: "skip" | "run_once" | "run_all" | null;
  /** Whether it is paused, or null for no */
  paused?: boolean | null;
  /** Of its jobs, 10 first, or null for 0 */
  priority?: number | null;
  /** Hours that its jobs are kept after their ends, or null for the default */
  ttl_hours?: number | null;
  /** Time in which each must begin, or null for the tool's policy */
  start_within_seconds?: number | null;
  /** Longest duration of one attempt, or null for the tool's policy */
  timeout_seconds?: number | null;
  /** Number of attempts that may fail, or null for the tool's policy */
  max_attempts?: number | null;
  /** Waits between attempts, or null for the tool's policy */
  retry?: RetryRequest | null;
  /** Action when a job's node dies, or null for the tool's policy */
  on_worker_loss?: "retry" | "fail" | null;
  /** Jobs with the same key take turns, or null */
  concurrency_key?: string | null;
  /** Jobs of the tool with different keys get equal shares, or null */
  fairness_key?: string | null;
  /** An endpoint that is told of the ends of its jobs, or null */
  webhook?: OwnWebhookRequest | null;
  /** Whether a run may start while the last one has not ended, or null for allow */
  overlap?: "allow" | "skip" | null;
}

/** A tool. */
export interface Tool {
  /** Its name */
  name: string;
  /** For people and models */
  description: string;
  /** JSON Schema of its params */
  input_schema: any;
  /** Version, which its jobs record as `tool_version`; null and left out without one */
  version?: string;
  /** Whether it is paused: no jobs are claimed */
  paused: boolean;
}

/** All tools. */
export interface ToolList {
  /** Sorted by name */
  tools: Tool[];
}

/** An endpoint for webhooks. */
export interface Webhook {
  /** Its id */
  webhook_id: string;
  /** Its address */
  url: string;
  /** For people, or null */
  description: string | null;
  /** Events that it gets: job.completed, job.failed, job.cancelled, batch.ended */
  events: string[];
  /** Tools whose jobs it is told of, or null for all; empty for only those jobs that name it */
  tools: string[] | null;
  /** Whether small results are included */
  include_result: boolean;
  /** Active, paused (deliveries wait), failing (the latest deliveries have failed), or disabled (it gets no more deliveries) */
  status: "active" | "paused" | "failing" | "disabled";
  /** The reason why it is disabled, or null */
  disabled_reason: string | null;
  /** Time since which no delivery has succeeded, or null */
  failing_since: string | null;
  /** Time until which deliveries are also signed with the former secrets, or null */
  old_secret_until: string | null;
  /** Time of its creation */
  created_at: string;
  /** The secret for signatures; shown only in the answer to the request that set it, otherwise left out */
  secret?: string;
  /** Members of the request that no request has and that were ignored; only in answers to a request that has some. */
  warnings?: ProblemFieldError[];
}

/** Changes to an endpoint. Members that are left out stay as they are; null sets a member back to its default. */
export interface WebhookChange {
  /** Its address */
  url?: string;
  /** For people, or null */
  description?: string | null;
  /** Events that it gets, or null for the ends of jobs */
  events?: ("job.completed" | "job.failed" | "job.cancelled" | "batch.ended")[] | null;
  /** Tools whose jobs it is told of, or null for all */
  tools?: string[] | null;
  /** Whether small results are included, or null for no */
  include_result?: boolean | null;
}

/** An endpoint for webhooks. */
export interface WebhookRequest {
  /** Its address */
  url: string;
  /** For people, or null */
  description?: string | null;
  /** Events that it gets, or null for the ends of jobs */
  events?: ("job.completed" | "job.failed" | "job.cancelled" | "batch.ended")[] | null;
  /** Tools whose jobs it is told of, or null for all */
  tools?: string[] | null;
  /** Whether small results are included, or null for no */
  include_result?: boolean | null;
  /** Secret for signatures; a random one if left out or null */
  secret?: string | null;
}
