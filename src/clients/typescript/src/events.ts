import { parse } from "./json.js";
import { type Reply, sleep, type Transport } from "./transport.js";
import type { FeedEventSummary, Job, JobLogLine, JobProgress } from "./types.js";

/** An event of one job. A stream goes on behind it with its `id`. */
export type JobEvent = { id: string | undefined } & (
  | { type: "state"; data: Job }
  | { type: "progress"; data: JobProgress }
  | { type: "log"; data: JobLogLine }
  | { type: "end"; data: { job_id: string } }
);

/** An event of all jobs. After `reset`, list the jobs anew. */
export type FeedEvent = { id: string | undefined } & (
  | { type: "state"; data: FeedEventSummary }
  | { type: "reset"; data: unknown }
);

/** The server sends something at least every 15 s. */
const LONGEST_SILENCE = 40;
const BREATH = 0.5;

/** Events of a stream, which goes on where it was when its connection breaks. */
export async function* follow(
  transport: Transport,
  path: string,
  lastEventId: string | undefined,
  signal: AbortSignal | undefined,
): AsyncGenerator<any, void, undefined> {
  for (;;) {
    const headers: Record<string, string> = { Accept: "text/event-stream" };
    if (lastEventId) headers["Last-Event-ID"] = lastEventId;
    const reply = await transport.open({ method: "GET", path, headers, signal }, LONGEST_SILENCE);
    try {
      // 204 says that the client has received the end already.
      if (reply.response.status === 204) return;
      for await (const event of events(reply, lastEventId)) {
        lastEventId = event.id;
        if (event.type !== "") yield event;
        if (event.type === "end") return;
      }
    } finally {
      reply.close();
    }
    signal?.throwIfAborted();
    await sleep(BREATH, signal);
  }
}

/** The events of one connection until it ends or breaks. One without a type only tells where a stream goes on. */
async function* events(reply: Reply, id: string | undefined): AsyncGenerator<{ type: string; data?: unknown; id: string | undefined }> {
  let [type, data]: [string, string[]] = ["", []];
  for await (const line of lines(reply)) {
    const at = line.indexOf(":");
    const [name, value] = at < 0 ? [line, ""] : [line.slice(0, at), line.slice(at + 1).replace(/^ /, "")];
    if (name === "id") id = value;
    else if (name === "event") type = value;
    else if (name === "data") data.push(value);
    else if (line === "") {
      // Not before: an event that broke off must come again.
      yield data.length > 0 ? { type, data: parse(data.join("\n")), id } : { type: "", id };
      [type, data] = ["", []];
    }
  }
}

/** Whole lines; the last one, if it broke off, is none. */
async function* lines({ response, heard }: Reply): AsyncGenerator<string> {
  const reader = response.body!.getReader();
  const decoder = new TextDecoder();
  for (let rest = ""; ; ) {
    const piece = await reader.read().catch(() => ({ done: true as const, value: undefined }));
    if (piece.done) return;
    heard();
    const parts = (rest + decoder.decode(piece.value, { stream: true })).split("\n");
    rest = parts.pop()!;
    for (const part of parts) yield part.replace(/\r$/, "");
  }
}
