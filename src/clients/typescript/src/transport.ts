import { LonghaulError, UnreachableError } from "./errors.js";
import { parse } from "./json.js";

/** Statuses after which a request may be repeated; a proxy sends the gateway ones if its server is away. */
const TEMPORARY = [429, 502, 503, 504];
const [FIRST_PAUSE, LONGEST_PAUSE] = [0.2, 5];
/** What Node says of a server that has certainly not seen the request. */
const UNSENT = ["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "UND_ERR_CONNECT_TIMEOUT"];

/** A request. All times are in seconds. */
export interface Call {
  method: string;
  path: string;
  headers?: Record<string, string>;
  body?: string | Blob | Uint8Array<ArrayBuffer>;
  /** The time for which the server may hold it. */
  hold?: number;
  /** Whether it may be sent again if nobody knows what became of it; true unless it is set. */
  repeatable?: boolean;
  /** Ends it. */
  signal?: AbortSignal;
}

/** A good answer, not read yet. `close` ends it; `heard` says that something has arrived. */
export interface Reply {
  response: Response;
  close(): void;
  heard(): void;
}

export interface Settings {
  urls: string[];
  key: string | undefined;
  timeout: number;
  patience: number;
}

/** An id or a name as part of a path. */
export function segment(given: string): string {
  return encodeURIComponent(String(given));
}

/** Refuses a path with nothing where an id should be, or with what `fetch` takes for a step up: it is another request. */
function requireIds(path: string): void {
  const plain = path.split(/[?#]/)[0]!;
  if (/\/\/|.\/$/.test(plain)) throw new TypeError(`An id is empty: the path of the request is ${path}.`);
  if (/\/(\.|%2e){1,2}(\/|$)/i.test(plain)) throw new TypeError(`. and .. are no ids: the path of the request is ${path}.`);
}

/** Sends requests until one is answered. */
export class Transport {
  readonly settings: Settings;
  private current = 0;

  constructor(settings: Settings) {
    this.settings = settings;
  }

  /** Sends a request and reads the answer. */
  send(call: Call): Promise<{ status: number; text: string }> {
    return this.repeat(call, async ({ response }) => ({ status: response.status, text: await response.text() }), true);
  }

  /** Sends a request whose answer is read while it arrives; `silence` ends it when nothing has arrived for as long. */
  open(call: Call, silence: number): Promise<Reply> {
    return this.repeat({ ...call, hold: silence }, async (reply) => reply, false);
  }

  private async repeat<T>(call: Call, read: (reply: Reply) => Promise<T>, whole: boolean): Promise<T> {
    const end = Date.now() + this.settings.patience * 1000;
    requireIds(call.path);
    // Throws what is wrong with the request itself, which `fetch` would tell like a lost connection.
    new Request(this.url() + call.path, this.init(call));
    for (let tries = 0; ; tries++) {
      try {
        return await this.once(call, read, whole);
      } catch (error) {
        call.signal?.throwIfAborted();
        const failure = error instanceof LonghaulError ? error : this.unreachable(error);
        const pause = pauseOf(tries, failure.retryAfter);
        if (!mayRepeat(call, failure) || Date.now() + pause * 1000 > end) throw failure;
        this.current++;
        await sleep(pause, call.signal);
      }
    }
  }

  private async once<T>(call: Call, read: (reply: Reply) => Promise<T>, whole: boolean): Promise<T> {
    const limit = (this.settings.timeout + (call.hold ?? 0)) * 1000;
    const abort = new AbortController();
    let timer = setTimeout(() => abort.abort(new TimeoutError()), limit);
    const give = () => abort.abort(call.signal?.reason);
    const close = () => {
      clearTimeout(timer);
      call.signal?.removeEventListener("abort", give);
      abort.abort();
    };
    const heard = () => {
      clearTimeout(timer);
      timer = setTimeout(() => abort.abort(new TimeoutError()), limit);
    };
    call.signal?.throwIfAborted();
    call.signal?.addEventListener("abort", give);
    let reading = false;
    try {
      const response = await fetch(this.url() + call.path, { ...this.init(call), signal: abort.signal });
      if (!response.ok) throw await refusal(response);
      const result = await read({ response, close, heard });
      reading = !whole;
      return result;
    } finally {
      if (!reading) close();
    }
  }

  private init({ method, headers, body }: Call): RequestInit {
    const key: Record<string, string> = this.settings.key ? { Authorization: `Bearer ${this.settings.key}` } : {};
    return { method, headers: { ...headers, ...key }, body, redirect: "manual" };
  }

  private url(): string {
    return this.settings.urls[this.current % this.settings.urls.length]!;
  }

  private unreachable(error: unknown): UnreachableError {
    const where = this.settings.urls.join(", ");
    const cause = (error as { cause?: { code?: string; message?: string } }).cause;
    const message =
      error instanceof TimeoutError
        ? `No answer in time from ${where}.`
        : cause?.code === "ECONNREFUSED"
          ? `No connection to ${where}. Is the server running, and is that its address?`
          : `No connection to ${where}: ${cause?.message || (error as Error).message}.`;
    return new UnreachableError(message, 0, {}, undefined, error);
  }
}

class TimeoutError extends Error {}

function mayRepeat(call: Call, failure: LonghaulError): boolean {
  if (call.repeatable ?? true) return failure.status === 0 || TEMPORARY.includes(failure.status);
  const refused = [429, 503].includes(failure.status) && failure.errorCode !== "OUTCOME_UNKNOWN";
  const code = (failure.cause as { cause?: { code?: string } } | undefined)?.cause?.code;
  return refused || UNSENT.includes(code ?? "");
}

/** With jitter, so that clients that were refused together do not come back together. */
function pauseOf(tries: number, asked: number | undefined): number {
  if (asked !== undefined) return asked * (1 + Math.random() / 4);
  return Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** Math.min(tries, 10)) * (0.5 + Math.random() / 2);
}

/** A proxy in front of the server may answer with something that is not JSON. */
async function refusal(response: Response): Promise<LonghaulError> {
  const text = await response.text();
  let problem: any;
  try {
    problem = parse(text);
  } catch {
    problem = undefined;
  }
  problem = problem !== null && typeof problem === "object" ? problem : {};
  const message = problem.message ?? `The server answered ${response.status}.`;
  // HTTP also allows a date here, but Longhaul never sends one.
  const after = /^\d{1,6}$/.exec(response.headers.get("Retry-After") ?? "");
  return new LonghaulError(message, response.status, problem, after ? Number(after[0]) : undefined);
}

/** Waits for some seconds. */
export function sleep(seconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((done, failed) => {
    const give = () => {
      clearTimeout(timer);
      failed(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", give);
      done();
    }, seconds * 1000);
    if (signal?.aborted) give();
    signal?.addEventListener("abort", give, { once: true });
  });
}

/** The address of a server without slashes at its end. */
export function checkedUrl(url: string): string {
  const text = url.trim();
  if (text.includes("@")) {
    throw new TypeError("Leave out the user and the password in the URL of the server: it takes only a key.");
  }
  if (!/^https?:\/\/[^/?#\s]+(\/[^?#\s]*)?$/.test(text) || !URL.canParse(text)) {
    throw new TypeError(`${JSON.stringify(url)} is not the URL of a server: write one such as http://127.0.0.1:8080.`);
  }
  return text.replace(/\/+$/, "");
}

/**
 * The addresses that the environment names, or that of a server on this machine that was started with the same environment. The
 * command line finds them the same way. A page is served by its server.
 */
export function servers(variable: (name: string) => string | undefined, page?: string): string[] {
  const urls = (variable("LONGHAUL_URL") ?? "").split(",").filter((each) => each.trim() !== "");
  if (urls.length > 0) return urls;
  if (page !== undefined) return [page];
  const bind = variable("LONGHAUL_BIND")?.trim() ?? "";
  const port = variable("LONGHAUL_PORT")?.trim() || "8080";
  if (!/^[0-9]{1,5}$/.test(port) || Number(port) < 1 || Number(port) > 65535) {
    throw new TypeError(
      `LONGHAUL_PORT is ${JSON.stringify(port)}, where no server can be: set it to the server's port, such as 8080, or name the` +
        " server with url or LONGHAUL_URL.",
    );
  }
  const host = EVERYWHERE.includes(bind) ? "127.0.0.1" : bind;
  return [`http://${host.includes(":") && !host.startsWith("[") ? `[${host}]` : host}:${port}`];
}

/** Who listens on all addresses listens on loopback, too. */
const EVERYWHERE = ["", "0.0.0.0", "::", "0:0:0:0:0:0:0:0"];

export function checkedKey(key: string): string {
  if (!/^[!-~]+$/.test(key)) {
    throw new TypeError("The key has a character that no key has: a space, a line break or one outside ASCII, or it is empty.");
  }
  return key;
}
