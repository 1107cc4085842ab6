import assert from "node:assert/strict";
import { test } from "node:test";
import { SignatureError, verify } from "longhaul-client";
import { all, client, serve } from "./support.mjs";

// Of the reference libraries.
const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const BODY = '{"test": 2432232314}';
const RIGHT = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
const OTHER = "v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc=";
const now = 1614265331;
const headers = (signatures, sent = "1614265330") => ({
  "Webhook-Id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
  "Webhook-Timestamp": sent,
  "Webhook-Signature": signatures,
});

test("one right signature is enough", async () => {
  for (const signatures of [RIGHT, `${OTHER} ${RIGHT}`]) {
    for (const body of [BODY, Buffer.from(BODY)]) {
      assert.deepEqual(await verify(SECRET, headers(signatures), body, { now }), { test: 2432232314 });
      assert.deepEqual(await verify(SECRET, new Headers(headers(signatures)), body, { now }), { test: 2432232314 });
    }
  }
});

test("everything else is refused", async () => {
  for (const [wrong, body, options] of [
    [headers(OTHER), BODY, { now }],
    [headers(RIGHT), BODY + " ", { now }],
    [headers(RIGHT), BODY, { now: now + 301 }],
    [headers(RIGHT), BODY, {}],
    [headers(RIGHT, "soon"), BODY, { now }],
    [headers("v1,?"), BODY, { now }],
    [{}, BODY, { now }],
  ]) {
    await assert.rejects(verify(SECRET, wrong, body, options), SignatureError);
  }
});

test("a secret that everybody knows is refused", async () => {
  for (const secret of [undefined, "", "whsec_", "whsec_="]) {
    await assert.rejects(verify(secret, headers(RIGHT), BODY, { now }), TypeError);
  }
});

test("a message that was sent is verified", async () => {
  let receive;
  const received = new Promise((done) => (receive = done));
  const receiver = await serve(async (request, response) => {
    receive({ headers: request.headers, body: Buffer.concat(await all(request)) });
    response.writeHead(204).end();
  });
  const { webhooks, ...longhaul } = { webhooks: client().webhooks, submit: client().submit.bind(client()) };
  const webhook = await webhooks.create(`${receiver.url}/hooks`, { events: ["job.completed"], tools: [] });
  const job = await longhaul.submit("echo", { n: 1 }, { webhook: { id: webhook.webhook_id } });
  const { headers: sent, body } = await received;
  const message = await verify(webhook.secret, sent, body);
  assert.deepEqual([message.type, message.data.job_id], ["job.completed", job.job_id]);
  await assert.rejects(verify(SECRET, sent, body), SignatureError);
  assert.equal((await webhooks.pause(webhook.webhook_id)).status, "paused");
  assert.equal((await webhooks.resume(webhook.webhook_id)).status, "active");
  assert.ok((await all(webhooks.list())).some((each) => each.webhook_id === webhook.webhook_id));
  assert.equal((await all(webhooks.deliveries(webhook.webhook_id))).length, 1);
  await webhooks.delete(webhook.webhook_id);
  await receiver.close();
});
