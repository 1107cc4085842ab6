import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { all, client, open } from "./support.mjs";

const MB = 1 << 20;
const longhaul = client();
const content = randomBytes(5 * MB);

test("a file goes to a job and comes back", async () => {
  const stored = await longhaul.upload("original.bin", new Blob([content]));
  assert.deepEqual([stored.name, stored.bytes], ["original.bin", 5 * MB]);
  const job = await longhaul.run("copy", { file: stored.file_id }, { most: 60 });
  assert.equal(job.status, "completed", job.error);
  const files = await longhaul.files(job.job_id);
  assert.equal(files.inputs[0].file_id, stored.file_id);
  assert.ok(content.equals(await longhaul.download(files.files[0].file_id)));
  assert.ok(content.equals(Buffer.concat(await all(longhaul.downloadParts(files.files[0].file_id)))));
});

test("a download goes on where it broke", async () => {
  const stored = await longhaul.upload("some.bin", content);
  const door = await open();
  door.cut = 2 * MB;
  assert.ok(content.equals(await client({ url: door.url }).download(stored.file_id)));
  assert.deepEqual(door.requests.map(({ headers }) => headers.range), [undefined, `bytes=${2 * MB}-`]);
  await door.close();
});

test("an empty file is a file", async () => {
  assert.equal((await longhaul.download((await longhaul.upload("empty", "")).file_id)).length, 0);
});
