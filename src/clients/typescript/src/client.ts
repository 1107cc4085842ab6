import { LonghaulError } from "./errors.js";
import { type FeedEvent, follow, type JobEvent } from "./events.js";
import { parts, whole } from "./files.js";
import { newKey, parse, stringify } from "./json.js";
import { type Call, checkedKey, checkedUrl, segment, servers, sleep, Transport } from "./transport.js";
import type {
  BatchAnswer,
  CancelAnswer,
  Delivery,
  File as StoredFile,
  Input,
  Job,
  JobFiles,
  JobLinesResult,
  JobLog,
  JobLogLine,
  JobRequest,
  ProblemFieldError,
  Redelivered,
  Schedule,
  ScheduleChange,
  ScheduleRequest,
  Tool,
  Webhook,
  WebhookChange,
  WebhookRequest,
} from "./types.js";

/** How to reach a server. All times are in seconds. */
export interface ClientOptions {
  /**
   * Address of the server; of several, the next is asked if one does not answer. Without it `LONGHAUL_URL`, or where the
   * page comes from, or the server on this machine with the same `LONGHAUL_BIND` and `LONGHAUL_PORT`: http://127.0.0.1:8080.
   */
  url?: string | string[];
  /** An API key, or a token of your identity provider; without it `LONGHAUL_API_KEY`, or none. */
  key?: string;
  /** How long a request is sent again; 0 sends once (60). */
  patience?: number;
  /** How long an answer may take, beyond the time that the server was asked to wait (30). */
  timeout?: number;
  /** Told what the server ignored in a request, such as a mistyped option; `console.warn` without it. */
  onWarning?: (warning: ProblemFieldError) => void;
}

/** Options of a submit. */
export type JobOptions = Omit<JobRequest, "tool" | "params">;
/** Options of a schedule. */
export type ScheduleOptions = Omit<ScheduleRequest, "name" | "tool" | "cron" | "params">;
/** Options of a webhook. */
export type WebhookOptions = Omit<WebhookRequest, "url">;
/** Parameters of `GET /v1/jobs`, with `params.NAME` as `{"params.sample": "S1"}`. */
export type JobFilter = Record<string, string | number | boolean | Date | string[] | undefined>;

/** Where a stream begins, and what ends it. */
export interface StreamOptions {
  /** The `id` of the last event that was received. */
  lastEventId?: string;
  signal?: AbortSignal;
}

/** More of a request. */
export interface RequestOptions {
  headers?: Record<string, string>;
  /** Seconds for which the server may hold it. */
  hold?: number;
  /** Whether it may be sent again if nobody knows what became of it. */
  repeatable?: boolean;
  signal?: AbortSignal;
}

/** The server holds a request no longer than this. */
const LONGEST_HOLD = 60;
const LINES = "application/x-ndjson";

/** Whether a job has ended. */
export function ended(job: { status: string }): boolean {
  return ["completed", "failed", "cancelled"].includes(job.status);
}

/**
 * A client of Longhaul.
 *
 * A request is sent again when the connection is lost, and when the server answers 429, 502, 503 or 504, after the time
 * that `Retry-After` says, until the client's patience is over. A submit makes one job however often it is sent, because it
 * carries an idempotency key.
 */
export class LonghaulClient {
  /** Schedules, which make jobs at the times of cron expressions. */
  readonly schedules: Schedules;
  /** Endpoints that are told of the ends of jobs; `verify` checks what they receive. */
  readonly webhooks: Webhooks;
  private readonly transport: Transport;
  private readonly onWarning: (warning: ProblemFieldError) => void;

  /** Nothing is sent yet. */
  constructor(options: ClientOptions = {}) {
    const url = options.url ?? servers(variable, globalThis.location?.origin);
    const key = options.key ?? variable("LONGHAUL_API_KEY");
    this.transport = new Transport({
      urls: [url].flat().map(checkedUrl),
      key: key === undefined ? undefined : checkedKey(key),
      timeout: options.timeout ?? 30,
      patience: options.patience ?? 60,
    });
    this.onWarning = options.onWarning ?? ((warning) => console.warn(`longhaul: ${warning.pointer} ${warning.message}`));
    this.schedules = new Schedules(this);
    this.webhooks = new Webhooks(this);
  }

  /**
   * Submits a job. It is committed when this returns. Submits with the same `idempotency_key` make one job, also from other
   * programs; without one the client makes a new one.
   */
  submit(tool: string, params: object = {}, options: JobOptions = {}): Promise<Job> {
    const body = { tool, params, ...options, idempotency_key: options.idempotency_key ?? newKey() };
    return this.request("POST", "/v1/jobs", body, { repeatable: true });
  }

  /** Submits a job and waits for its end; see {@link wait}. */
  async run(tool: string, params: object = {}, options: JobOptions & { most?: number; signal?: AbortSignal } = {}): Promise<Job> {
    const { most, signal, ...others } = options;
    return this.wait((await this.submit(tool, params, others)).job_id, { most, signal });
  }

  /** Submits up to 1,000 jobs; unless `atomic` is false, none is made if one cannot be accepted. */
  batch(jobs: JobRequest[], options: { atomic?: boolean } = {}): Promise<BatchAnswer> {
    return this.request("POST", "/v1/jobs/batch", { jobs, atomic: options.atomic ?? true }, once());
  }

  /**
   * Submits up to 100,000 jobs, each accepted or rejected by itself: look at each result. The same jobs sent again under the
   * same key make no second ones.
   */
  async submitLines(jobs: JobRequest[], options: { idempotencyKey?: string } = {}): Promise<JobLinesResult[]> {
    const { text } = await this.transport.send({
      method: "POST",
      path: "/v1/jobs/batch",
      headers: { "Content-Type": LINES, Accept: LINES, "Idempotency-Key": options.idempotencyKey ?? newKey() },
      body: jobs.map((job) => stringify(job) + "\n").join(""),
    });
    const results: JobLinesResult[] = text.split("\n").filter(Boolean).map(parse);
    results.forEach((result) => this.warn(result));
    return results;
  }

  /** Gets a job in its current state. */
  get(id: string): Promise<Job> {
    return this.request("GET", `/v1/jobs/${segment(id)}`);
  }

  /**
   * Waits for the end of a job, for `most` seconds at the most. The server holds the request; if its node stops, another one
   * is asked. Whether the job has ended, its status tells.
   */
  async wait(id: string, options: { most?: number; signal?: AbortSignal } = {}): Promise<Job> {
    const { most = Infinity, signal } = options;
    const end = Date.now() + most * 1000;
    for (;;) {
      const asked = Date.now();
      const hold = Math.ceil(Math.max(0, Math.min(LONGEST_HOLD, (end - asked) / 1000)));
      const headers = { Prefer: `wait=${hold}` };
      const job: Job = await this.request("GET", `/v1/jobs/${segment(id)}`, undefined, { headers, hold, signal });
      const left = (end - Date.now()) / 1000;
      if (ended(job) || left <= 0) return job;
      // A server that is stopping, or cannot wait, answers at once.
      if (Date.now() - asked < hold * 500) await sleep(Math.min(1, left), signal);
    }
  }

  /** Cancels a job that has not ended. True if it is cancelled now, also by an earlier request. */
  async cancel(id: string): Promise<boolean> {
    const answer: CancelAnswer = await this.request("DELETE", `/v1/jobs/${segment(id)}`);
    return answer.status === "cancelled";
  }

  /** Repeats a job that has ended as a new one, and returns that. */
  retry(id: string): Promise<Job> {
    return this.request("POST", `/v1/jobs/${segment(id)}/retry`, undefined, once());
  }

  /** Lists jobs, the newest first, without large params and results. Pages are fetched as they are needed. */
  list(filter: JobFilter = {}): AsyncGenerator<Job, void, undefined> {
    return this.pages("/v1/jobs", "jobs", { limit: 100, ...filter });
  }

  /** Reads the log of a job so far, behind a line number. Parts are fetched as they are needed. */
  async *logs(id: string, after = 0): AsyncGenerator<JobLogLine, void, undefined> {
    for (;;) {
      const part: JobLog = await this.request("GET", `/v1/jobs/${segment(id)}/logs?limit=1000&after=${after}`);
      yield* part.lines;
      if (part.complete) return;
      after = part.next_after;
    }
  }

  /** Reads the log of a job from its first line on until the job ends, across attempts and reconnects. */
  async *followLogs(id: string, options: { signal?: AbortSignal } = {}): AsyncGenerator<JobLogLine, void, undefined> {
    for await (const event of this.events(id, options)) {
      if (event.type === "log") yield event.data;
    }
  }

  /** Follows a job: its states, progress and log lines, from the first on or behind an event, until its end. */
  events(id: string, options: StreamOptions = {}): AsyncGenerator<JobEvent, void, undefined> {
    return follow(this.transport, `/v1/jobs/${segment(id)}/events`, options.lastEventId, options.signal);
  }

  /** Follows all jobs, from now on or behind an event. */
  allEvents(
    filter: { tool?: string; status?: string | string[]; batch_id?: string; schedule_id?: string } = {},
    options: StreamOptions = {},
  ): AsyncGenerator<FeedEvent, void, undefined> {
    return follow(this.transport, "/v1/events" + query(filter), options.lastEventId, options.signal);
  }

  /** Shows what the tool of a job has asked, and what it was answered. */
  async inputs(id: string): Promise<Input[]> {
    return (await this.request("GET", `/v1/jobs/${segment(id)}/inputs`)).inputs;
  }

  /** Answers a question of a tool, which then goes on. */
  answer(id: string, key: string, content: unknown): Promise<Input> {
    return this.answered(id, key, { action: "accept", content });
  }

  /** Refuses to answer a question of a tool, which decides what that means. */
  decline(id: string, key: string): Promise<Input> {
    return this.answered(id, key, { action: "decline" });
  }

  private answered(id: string, key: string, body: object): Promise<Input> {
    // The same answer once more gets the same reply.
    return this.request("POST", `/v1/jobs/${segment(id)}/inputs/${segment(key)}`, body, { repeatable: true });
  }

  /** Lists the tools that jobs can name, with the schemas of their params. */
  async tools(): Promise<Tool[]> {
    return (await this.request("GET", "/v1/mcp/tools")).tools;
  }

  /** Uploads a file; params of jobs take its `file_id`. In Node, `openAsBlob` of `node:fs` makes a Blob of a path. */
  async upload(name: string, content: Blob | Uint8Array<ArrayBuffer> | string, mediaType?: string): Promise<StoredFile> {
    const type = mediaType || (content instanceof Blob && content.type) || "application/octet-stream";
    const path = `/v1/files?name=${encodeURIComponent(name)}`;
    return this.read(await this.transport.send({ method: "POST", path, headers: { "Content-Type": type }, body: content }));
  }

  /** Lists the output files (`files`) and the uploaded ones (`inputs`) of a job. */
  files(id: string): Promise<JobFiles> {
    return this.request("GET", `/v1/jobs/${segment(id)}/files`);
  }

  /** Gets the content of a file. A download that breaks off goes on where it was, and its SHA-256 is checked. */
  download(fileId: string, options: { signal?: AbortSignal } = {}): Promise<Uint8Array<ArrayBuffer>> {
    return whole(this.transport, `/v1/files/${segment(fileId)}`, options.signal);
  }

  /** Gets the content of a large file in parts, as they arrive. */
  downloadParts(fileId: string, options: { signal?: AbortSignal } = {}): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
    return parts(this.transport, `/v1/files/${segment(fileId)}`, options.signal);
  }

  /**
   * Sends any request of the HTTP API, for what this class has no method for, and returns the JSON of its answer. A POST
   * without an `Idempotency-Key` is not sent again if nobody knows what became of it, unless it is `repeatable`.
   */
  async request(method: string, path: string, body?: unknown, options: RequestOptions = {}): Promise<any> {
    const { headers = {}, hold, signal } = options;
    const call: Call = {
      method,
      path,
      hold,
      signal,
      repeatable: options.repeatable ?? (method !== "POST" || "Idempotency-Key" in headers),
      headers: body === undefined ? headers : { "Content-Type": "application/json", ...headers },
    };
    if (body !== undefined) call.body = stringify(body);
    return this.read(await this.transport.send(call));
  }

  /** Reads any list of the HTTP API: the elements of this member of each page. */
  async *pages(path: string, member: string, parameters: JobFilter = {}): AsyncGenerator<any, void, undefined> {
    for (let cursor: string | undefined; ; ) {
      const page = await this.request("GET", path + query({ ...parameters, cursor }));
      yield* page[member];
      cursor = page.next_cursor ?? undefined;
      if (cursor === undefined) return;
    }
  }

  private read({ status, text }: { status: number; text: string }): any {
    if (text === "") return undefined;
    let answer: any;
    try {
      answer = parse(text);
    } catch {
      throw new LonghaulError("What answers there is no Longhaul server: its answer is not JSON.", status);
    }
    this.warn(answer);
    return answer;
  }

  private warn(answer: { warnings?: ProblemFieldError[] } | null): void {
    answer?.warnings?.forEach(this.onWarning);
  }
}

/** Schedules, which make jobs at the times of cron expressions. */
export class Schedules {
  private readonly client: LonghaulClient;

  constructor(client: LonghaulClient) {
    this.client = client;
  }

  /** Makes a schedule. */
  create(name: string, tool: string, cron: string, params: object = {}, options: ScheduleOptions = {}): Promise<Schedule> {
    return this.client.request("POST", "/v1/schedules", { name, tool, cron, params, ...options });
  }

  list(): AsyncGenerator<Schedule, void, undefined> {
    return this.client.pages("/v1/schedules", "schedules", { limit: 100 });
  }

  get(id: string): Promise<Schedule> {
    return this.client.request("GET", `/v1/schedules/${segment(id)}`);
  }

  /** Changes the members that are named; null removes an option. */
  update(id: string, changes: ScheduleChange): Promise<Schedule> {
    return this.client.request("PATCH", `/v1/schedules/${segment(id)}`, changes);
  }

  pause(id: string): Promise<Schedule> {
    return this.update(id, { paused: true });
  }

  resume(id: string): Promise<Schedule> {
    return this.update(id, { paused: false });
  }

  /** Makes a job now, also while the schedule is paused. */
  run(id: string): Promise<Job> {
    return this.client.request("POST", `/v1/schedules/${segment(id)}/run`, undefined, once());
  }

  /** Lists its jobs, the newest first. */
  jobs(id: string): AsyncGenerator<Job, void, undefined> {
    return this.client.list({ schedule_id: id });
  }

  delete(id: string): Promise<void> {
    return this.client.request("DELETE", `/v1/schedules/${segment(id)}`);
  }
}

/** Endpoints that are told of the ends of jobs. */
export class Webhooks {
  private readonly client: LonghaulClient;

  constructor(client: LonghaulClient) {
    this.client = client;
  }

  /** Makes an endpoint; its secret is shown now and never again. */
  create(url: string, options: WebhookOptions = {}): Promise<Webhook> {
    return this.client.request("POST", "/v1/webhooks", { url, ...options });
  }

  list(): AsyncGenerator<Webhook, void, undefined> {
    return this.client.pages("/v1/webhooks", "webhooks", { limit: 100 });
  }

  get(id: string): Promise<Webhook> {
    return this.client.request("GET", `/v1/webhooks/${segment(id)}`);
  }

  /** Changes the members that are named. */
  update(id: string, changes: WebhookChange): Promise<Webhook> {
    return this.client.request("PATCH", `/v1/webhooks/${segment(id)}`, changes);
  }

  pause(id: string): Promise<Webhook> {
    return this.post(id, "pause");
  }

  resume(id: string): Promise<Webhook> {
    return this.post(id, "resume");
  }

  /** Sends the event webhook.test. */
  test(id: string): Promise<Delivery> {
    return this.post(id, "test");
  }

  /** Makes a new secret; messages are also signed with the old one for so many hours. */
  rotateSecret(id: string, graceHours = 24): Promise<Webhook> {
    return this.post(id, "rotate-secret", { grace_hours: graceHours });
  }

  /** Lists messages to an endpoint, with each attempt. */
  deliveries(id: string, filter: { status?: string } = {}): AsyncGenerator<Delivery, void, undefined> {
    return this.client.pages(`/v1/webhooks/${segment(id)}/deliveries`, "deliveries", { limit: 100, ...filter });
  }

  /** Sends all messages again that have failed since; while `more` is true, call it again. */
  redeliver(id: string, since: string | Date): Promise<Redelivered> {
    return this.post(id, "redeliver", { since });
  }

  /** Removes the endpoint and its messages. */
  delete(id: string): Promise<void> {
    return this.client.request("DELETE", `/v1/webhooks/${segment(id)}`);
  }

  private post(id: string, action: string, body?: object): Promise<any> {
    return this.client.request("POST", `/v1/webhooks/${segment(id)}/${action}`, body);
  }
}

/** A request that makes one thing however often it is sent. */
function once(): RequestOptions {
  return { headers: { "Idempotency-Key": newKey() } };
}

function query(parameters: JobFilter): string {
  const texts = Object.entries(parameters).flatMap(([name, value]) => (value === undefined ? [] : [[name, text(value)]]));
  return texts.length === 0 ? "" : "?" + new URLSearchParams(texts);
}

function text(value: string | number | boolean | Date | string[]): string {
  return value instanceof Date ? value.toISOString() : String(value);
}

/** Of the environment, where there is one. */
function variable(name: string): string | undefined {
  const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } };
  return process?.env?.[name] || undefined;
}
