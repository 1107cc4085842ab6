import { parse } from "./json.js";

/** A message is not from the server that knows the secret, or not of now. Answer it with 400 and do nothing. */
export class SignatureError extends Error {}

/** `Headers`, or those of Node's `IncomingMessage`. */
export type WebhookHeaders = Headers | Record<string, string | string[] | undefined>;

/** A message about the end of a job or a batch. */
export interface WebhookMessage {
  type: string;
  timestamp: string;
  data: Record<string, any>;
}

/**
 * Checks a message that Longhaul has sent to a webhook, and returns its JSON.
 *
 * @param secret what `POST /v1/webhooks` answered, or the job's own
 * @param body as it came, not parsed
 * @param options `tolerance` is how many seconds the time of sending may be away from `now` (300)
 * @throws SignatureError if the message must not be trusted
 * @throws TypeError if the secret cannot be one
 */
export async function verify(
  secret: string,
  headers: WebhookHeaders,
  body: string | Uint8Array,
  options: { tolerance?: number; now?: number } = {},
): Promise<WebhookMessage> {
  const [id, sent, signatures] = ["id", "timestamp", "signature"].map((name) => header(headers, `webhook-${name}`));
  const { tolerance = 300, now = Date.now() / 1000 } = options;
  if (!/^\d{1,12}$/.test(sent!) || Math.abs(now - Number(sent)) > tolerance) {
    throw new SignatureError("The message is too old, or a clock is wrong.");
  }
  const text = typeof body === "string" ? body : new TextDecoder().decode(body);
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
  const signed = joined(new TextEncoder().encode(`${id}.${sent}.`), bytes);
  const key = await crypto.subtle.importKey("raw", keyOf(secret), { name: "HMAC", hash: "SHA-256" }, false, ["verify"]);
  for (const each of signatures!.split(" ").filter((one) => one.startsWith("v1,"))) {
    if (await crypto.subtle.verify("HMAC", key, bytesOf(each.slice("v1,".length)), signed)) return parse(text);
  }
  throw new SignatureError("The signature is not that of this secret and body.");
}

function header(headers: WebhookHeaders, name: string): string {
  const value =
    headers instanceof Headers
      ? headers.get(name)
      : Object.entries(headers).find(([each]) => each.toLowerCase() === name)?.[1];
  if (typeof value !== "string") throw new SignatureError(`The message has no header ${name}.`);
  return value;
}

function keyOf(secret: string): Uint8Array<ArrayBuffer> {
  const key = bytesOf((secret ?? "").replace(/^whsec_/, ""));
  if (key.length === 0) throw new TypeError("The secret of a webhook is whsec_ and Base64.");
  return key;
}

/** Nothing if it is no Base64. */
function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  try {
    return Uint8Array.from(atob(base64), (each) => each.charCodeAt(0));
  } catch {
    return new Uint8Array();
  }
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
