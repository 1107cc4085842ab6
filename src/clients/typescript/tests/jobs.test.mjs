import assert from "node:assert/strict";
import { test } from "node:test";
import { ended, ExactNumber, LonghaulClient, LonghaulError } from "longhaul-client";
import { all, client, mark, refused } from "./support.mjs";

const longhaul = client();

test("a submit is waited for until its end", async () => {
  let job = await longhaul.submit("sleep", { seconds: 0.2 }, { priority: 5 });
  assert.ok(!ended(job));
  job = await longhaul.wait(job.job_id, { most: 60 });
  assert.deepEqual([job.status, job.result, job.priority], ["completed", { slept_seconds: 0.2 }, 5]);
});

test("a wait ends in time, or by its signal", async () => {
  const { job_id: id } = await longhaul.submit("sleep", { seconds: 600 });
  assert.ok(!ended(await longhaul.wait(id, { most: 0.5 })));
  await assert.rejects(longhaul.wait(id, { signal: AbortSignal.timeout(200) }), { name: "TimeoutError" });
  assert.ok(await longhaul.cancel(id));
  assert.equal((await longhaul.get(id)).status, "cancelled");
  const again = await longhaul.retry(id);
  assert.equal(again.retry_of, id);
  await longhaul.cancel(again.job_id);
});

test("numbers keep all digits", async () => {
  const params = { whole: 12345678901234567890123n, decimal: new ExactNumber("0.12345678901234567890"), small: 1.5 };
  const { result } = await longhaul.run("echo", params, { most: 60 });
  assert.deepEqual(result, params);
});

test("a refusal has code, place and cure", async () => {
  const unknown = await refused("UNKNOWN_TOOL", longhaul.submit("no-such-tool"));
  assert.equal(unknown.status, 422);
  assert.match(unknown.message, /no-such-tool/);
  assert.match(unknown.traceId, /^[0-9a-f]{32}$/);
  const wrong = await refused("INVALID_PARAMS", longhaul.submit("sleep", { seconds: "long" }));
  assert.equal(wrong.errors[0].pointer, "/params/seconds");
  await refused("JOB_NOT_FOUND", longhaul.get("00000000-0000-4000-8000-000000000000"));
});

test("a wrong key is refused at once", async () => {
  assert.equal((await refused("UNAUTHENTICATED", client({ key: "lh_wrong" }).submit("echo"))).status, 401);
});

test("a full queue is refused with the time to come back", async () => {
  const [impatient, jobs] = [client({ patience: 0 }), []];
  const refusal = await refused("QUEUE_FULL", (async () => {
    while (jobs.length < 10) jobs.push((await impatient.submit("narrow")).job_id);
  })());
  for (const id of jobs) await longhaul.cancel(id);
  assert.deepEqual([refusal.status, refusal.retryAfter], [429, 5]);
});

test("mistyped options are warned of", async () => {
  const warnings = [];
  const warned = client({ onWarning: (warning) => warnings.push(warning) });
  const job = await warned.submit("echo", {}, { priorty: 3 });
  assert.equal(job.priority, 0);
  await warned.batch([{ tool: "echo", priorty: 3 }]);
  await warned.submitLines([{ tool: "echo", priorty: 3 }]);
  assert.deepEqual(warnings.map((each) => each.pointer), ["/priorty", "/jobs/0/priorty", "/priorty"]);
  assert.match(warnings[0].message, /did you mean priority/);
});

test("an empty key is no key", async () => {
  await refused("INVALID_REQUEST", longhaul.submit("echo", {}, { idempotency_key: "" }));
  await refused("INVALID_REQUEST", longhaul.submitLines([{ tool: "echo" }], { idempotencyKey: "" }));
});

test("an empty id is refused", async () => {
  for (const ask of [
    longhaul.get(""),
    longhaul.wait(""),
    longhaul.cancel(""),
    longhaul.retry(""),
    longhaul.files(""),
    longhaul.inputs(""),
    longhaul.download(""),
    longhaul.schedules.get(""),
    longhaul.webhooks.get(""),
    longhaul.logs("").next(),
    longhaul.events("").next(),
  ]) {
    await assert.rejects(ask, /An id is empty/);
  }
});

test("an id is never another request", async () => {
  const job = (await longhaul.submit("echo", {}, { run_at: "2100-01-01T00:00:00Z" })).job_id;
  for (const id of [`../jobs/${job}`, "#", `${job}#x`, `${job}?x`, "../tools", "a b", "é"]) {
    await assert.rejects(longhaul.get(id), LonghaulError);
    await assert.rejects(longhaul.schedules.delete(id), LonghaulError);
  }
  for (const id of [".", ".."]) await assert.rejects(longhaul.get(id), /are no ids/);
  assert.equal((await longhaul.get(job)).status, "pending");
});

test("batches", async () => {
  const round = mark();
  const jobs = [1, 2, 3].map((n) => ({ tool: "echo", params: { round, n } }));
  const batch = await longhaul.batch(jobs);
  assert.deepEqual([batch.created, batch.rejected], [3, 0]);
  const wrong = [...jobs, { tool: "no-such-tool" }];
  await refused("INVALID_BATCH", longhaul.batch(wrong));
  assert.equal((await longhaul.batch(wrong, { atomic: false })).rejected, 1);
  const pages = await all(longhaul.list({ "params.round": round, limit: 2 }));
  assert.equal(new Set(pages.map((job) => job.job_id)).size, 6);
});

test("lines sent again make no second jobs", async () => {
  const jobs = Array.from({ length: 600 }, (_, n) => ({ tool: "echo", params: { n }, run_at: "2100-01-01T00:00:00Z" }));
  const idempotencyKey = mark();
  const made = await longhaul.submitLines(jobs, { idempotencyKey });
  const again = await longhaul.submitLines(jobs, { idempotencyKey });
  assert.deepEqual([...new Set([...made, ...again].map((each) => each.status))], ["created", "replayed"]);
  assert.deepEqual(made.map((each) => each.job_id), again.map((each) => each.job_id));
});

test("logs are followed and read", async () => {
  const { job_id: id } = await longhaul.submit("lines", { count: 3 });
  const lines = (await all(longhaul.followLogs(id))).map((line) => line.line);
  assert.deepEqual(lines, ["line 1", "line 2", "line 3"]);
  assert.deepEqual((await all(longhaul.logs(id))).map((line) => line.line), lines);
});

test("all jobs are followed", async () => {
  // The stream begins when it is connected, so that jobs are submitted until one is seen.
  const submits = setInterval(() => void longhaul.submit("lines", { count: 1 }), 300);
  for await (const event of longhaul.allEvents({ tool: "lines" })) {
    assert.equal(event.data.tool, "lines");
    break;
  }
  clearInterval(submits);
});

test("schedules", async () => {
  const { schedules } = longhaul;
  const made = await schedules.create(mark(), "echo", "30 3 * * 1-5", { full: false }, { time_zone: "Europe/Berlin", paused: true });
  const id = made.schedule_id;
  assert.equal(made.next_run_at, null);
  assert.notEqual((await schedules.resume(id)).next_run_at, null);
  assert.ok((await schedules.pause(id)).paused);
  assert.equal((await schedules.update(id, { cron: "0 4 * * *" })).cron, "0 4 * * *");
  const job = await schedules.run(id);
  assert.deepEqual((await all(schedules.jobs(id))).map((each) => each.job_id), [job.job_id]);
  assert.ok((await all(schedules.list())).some((each) => each.schedule_id === id));
  await schedules.delete(id);
  await refused("SCHEDULE_NOT_FOUND", schedules.get(id));
});

test("a question is answered", async () => {
  const { job_id: id } = await longhaul.submit("ask");
  for await (const event of longhaul.events(id)) if (event.type === "state" && event.data.waiting_for_input) break;
  assert.deepEqual((await longhaul.inputs(id)).map((each) => each.key), ["approve"]);
  await longhaul.answer(id, "approve", { confirmed: true });
  assert.equal((await longhaul.wait(id, { most: 60 })).status, "completed");
});

test("tools are listed", async () => {
  assert.ok((await longhaul.tools()).some((tool) => tool.name === "echo"));
});

test("what cannot be sent is refused before", async () => {
  for (const options of [{ url: "127.0.0.1:8080" }, { url: "http://user:password@127.0.0.1" }, { key: "two words" }]) {
    assert.throws(() => new LonghaulClient(options), TypeError);
  }
  await assert.rejects(async () => longhaul.submit("echo", { n: NaN }), RangeError);
});
