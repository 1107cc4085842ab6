import type { Problem, ProblemFieldError } from "./types.js";

/** The server refused a request, and repeating it was pointless or did not help in time. Its message says what cures it. */
export class LonghaulError extends Error {
  /** The HTTP status; 0 if there was no answer. */
  readonly status: number;
  /** The answer as it came (RFC 9457); empty if it did not come from Longhaul. */
  readonly problem: Partial<Problem>;
  /** Seconds after which the server expects that the same request may succeed. */
  readonly retryAfter: number | undefined;

  constructor(message: string, status = 0, problem: Partial<Problem> = {}, retryAfter?: number, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = new.target.name;
    this.status = status;
    this.problem = problem;
    this.retryAfter = retryAfter;
  }

  /** The problem as a stable code, such as INVALID_PARAMS; undefined if the answer did not come from Longhaul. */
  get errorCode(): string | undefined {
    return this.problem.error_code;
  }

  /** The id under which the server's log tells more. */
  get traceId(): string | undefined {
    return this.problem.trace_id;
  }

  /** The wrong parts of the request; empty if no single part is wrong. */
  get errors(): ProblemFieldError[] {
    return this.problem.errors ?? [];
  }
}

/** No server answered in time. */
export class UnreachableError extends LonghaulError {}
