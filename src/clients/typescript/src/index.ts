/** A client of Longhaul, a durable job service. {@link LonghaulClient} is where to begin. */
export { ended, LonghaulClient } from "./client.js";
export type { ClientOptions, JobFilter, JobOptions, RequestOptions, ScheduleOptions, StreamOptions, WebhookOptions } from "./client.js";
export { LonghaulError, UnreachableError } from "./errors.js";
export type { FeedEvent, JobEvent } from "./events.js";
export { ExactNumber, parse, stringify } from "./json.js";
export type * from "./types.js";
export { SignatureError, verify } from "./webhooks.js";
export type { WebhookHeaders, WebhookMessage } from "./webhooks.js";
