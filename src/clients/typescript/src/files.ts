import { LonghaulError, UnreachableError } from "./errors.js";
import { sleep, type Transport } from "./transport.js";

const LONGEST_SILENCE = 30;
/** Seconds between two answers that break off at once. */
const PAUSE = 0.5;

/** How far a download is. Files never change, so that parts of several answers fit together. */
interface Progress {
  received: number;
  total: number;
  tag: string;
}

/** The parts of a file as they arrive, across connections that break. `tag` gets the SHA-256 of the whole, in quotes. */
export async function* parts(
  transport: Transport,
  path: string,
  signal: AbortSignal | undefined,
  progress: Progress = { received: 0, total: -1, tag: "" },
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
  let end = Date.now() + transport.settings.patience * 1000;
  while (progress.tag === "" || progress.received < progress.total) {
    const before = progress.received;
    const headers = before ? { Range: `bytes=${before}-`, "If-Range": progress.tag } : undefined;
    const reply = await transport.open({ method: "GET", path, headers, signal }, LONGEST_SILENCE);
    try {
      begin(progress, reply.response);
      const reader = reply.response.body?.getReader();
      for (;;) {
        const piece = await reader?.read().catch(() => undefined);
        if (!piece?.value) break;
        reply.heard();
        progress.received += piece.value.length;
        yield piece.value;
      }
    } finally {
      reply.close();
    }
    signal?.throwIfAborted();
    if (progress.received > before) end = Date.now() + transport.settings.patience * 1000;
    else if (Date.now() > end) throw new UnreachableError("The download breaks off each time.");
    else if (progress.received < progress.total) await sleep(PAUSE, signal);
  }
}

function begin(progress: Progress, response: Response): void {
  if (progress.received === 0) {
    progress.total = Number(response.headers.get("Content-Length") ?? -1);
    progress.tag = response.headers.get("ETag") ?? "";
  } else if (response.status !== 206) {
    throw new LonghaulError("The file changed while it was downloaded.", response.status);
  }
}

/** The whole file; its SHA-256 is checked where the platform can. */
export async function whole(
  transport: Transport,
  path: string,
  signal: AbortSignal | undefined,
): Promise<Uint8Array<ArrayBuffer>> {
  const progress = { received: 0, total: -1, tag: "" };
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  for await (const piece of parts(transport, path, signal, progress)) pieces.push(piece);
  const content = new Uint8Array(progress.received);
  let at = 0;
  for (const piece of pieces) {
    content.set(piece, at);
    at += piece.length;
  }
  // Browsers have it only on pages that came by https.
  if (crypto.subtle && progress.tag !== `"${hex(await crypto.subtle.digest("SHA-256", content))}"`) {
    throw new LonghaulError("The content of the file is not what the server has stored: download it again.");
  }
  return content;
}

function hex(bytes: ArrayBuffer): string {
  return [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
