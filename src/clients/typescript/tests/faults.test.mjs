import assert from "node:assert/strict";
import { test } from "node:test";
import { UnreachableError } from "longhaul-client";
import { all, client, control, mark, open, URL_ } from "./support.mjs";

const longhaul = client();
const keys = (door) => door.requests.filter((each) => each.method === "POST").map((each) => JSON.parse(each.body).idempotency_key);
const made = (round) => all(longhaul.list({ "params.round": round }));

/** With a door that is closed in the end. */
const faulty = (name, work) =>
  test(name, async () => {
    const door = await open();
    try {
      await work(door, client({ url: door.url }));
    } finally {
      await door.close();
    }
  });

for (const status of [429, 503]) {
  faulty(`who is sent away by ${status} comes back with the same key`, async (door, sentAway) => {
    const [round, begun] = [mark(), Date.now()];
    door.refuse = status;
    await sentAway.submit("echo", { round });
    assert.ok(Date.now() - begun >= 1000);
    assert.equal(keys(door).length, 2);
    assert.equal(new Set(keys(door)).size, 1);
    assert.equal((await made(round)).length, 1);
  });
}

faulty("who may not wait gives up at once", async (door) => {
  door.refuse = 503;
  await assert.rejects(client({ url: door.url, patience: 0.5 }).submit("echo"), { status: 503, retryAfter: 1 });
});

faulty("a lost answer makes no second job", async (door, unlucky) => {
  const round = mark();
  door.loseAnswer = true;
  const job = await unlucky.submit("echo", { round });
  assert.equal(keys(door).length, 2);
  assert.deepEqual((await made(round)).map((each) => each.job_id), [job.job_id]);
});

faulty("a POST without a key is not sent again", async (door, careful) => {
  door.loseAnswer = true;
  await assert.rejects(careful.request("POST", "/v1/jobs", { tool: "echo" }), UnreachableError);
  assert.equal(door.requests.length, 1);
});

faulty("a stream goes on behind its last event", async (door, unlucky) => {
  const { job_id: id } = await longhaul.submit("lines", { count: 20 });
  await longhaul.wait(id, { most: 60 });
  door.cut = 3000;
  const lines = (await all(unlucky.followLogs(id))).map((line) => line.line);
  assert.deepEqual(lines, Array.from({ length: 20 }, (_, n) => `line ${n + 1}`));
  const [first, second] = door.requests.map(({ headers }) => headers["last-event-id"]);
  assert.equal(first, undefined);
  assert.match(second, /^\d+\.\w+\.\d+$/);
});

test("who has seen the end of a stream sees nothing else again", async () => {
  const { job_id: id } = await longhaul.run("echo", {}, { most: 60 });
  const last = (await all(longhaul.events(id))).at(-1);
  assert.equal(last.type, "end");
  // The server is sure of the end some seconds after it; until then it says again that this is the end.
  const again = (await all(longhaul.events(id, { lastEventId: last.id }))).map((event) => event.type);
  assert.ok(["", "end"].includes(again.join()), again);
});

test("a stream is ended by its signal", async () => {
  const { job_id: id } = await longhaul.submit("sleep", { seconds: 600 });
  await assert.rejects(all(longhaul.events(id, { signal: AbortSignal.timeout(500) })), { name: "TimeoutError" });
  await longhaul.cancel(id);
});

test("what the caller did wrong is said at once", async () => {
  await assert.rejects(longhaul.request("GET", "/v1/jobs", { a: 1 }), TypeError);
  await assert.rejects(longhaul.request("GET", "/v1/jobs", undefined, { headers: { "a b": "c" } }), TypeError);
});

faulty("where nobody answers the error names the address", async (door) => {
  await door.close();
  const error = await client({ url: door.url, patience: 0.3 }).submit("echo").catch((failure) => failure);
  assert.ok(error instanceof UnreachableError);
  assert.ok(error.message.includes(`${door.url}. Is the server running`), error.message);
  assert.equal((await client({ url: [door.url, URL_] }).run("echo", {}, { most: 60 })).status, "completed");
});

test("a server that is killed loses no wait and no submit", async () => {
  const [round, patient] = [mark(), client({ patience: 170 })];
  const late = await longhaul.submit("echo", {}, { run_at: new Date(Date.now() + 2000).toISOString() });
  const wait = patient.wait(late.job_id, { most: 170 });
  const ids = [];
  let begin;
  const begun = new Promise((done) => (begin = done));
  const submits = [1, 2, 3, 4].map(async (worker) => {
    for (let n = 0; n < 10; n++) {
      const job = await patient.submit("echo", { round }, { idempotency_key: `${round}-${worker}-${n}` });
      ids.push(job.job_id);
      if (n === 3) begin();
    }
  });
  await begun;
  await control("kill");
  await control("start");
  await Promise.all(submits);
  assert.equal((await wait).status, "completed");
  assert.equal(new Set(ids).size, 40);
  assert.equal((await made(round)).length, 40);
});
