// What tests need besides the client: a door before the server that makes trouble, and a receiver of webhooks.
// The server is the one at LONGHAUL_URL with the key LONGHAUL_API_KEY. LONGHAUL_CONTROL kills and starts it. ClientPackagesIT
// runs these tests with all three.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { LonghaulClient, LonghaulError } from "longhaul-client";

export const URL_ = process.env.LONGHAUL_URL;

export const client = (options = {}) => new LonghaulClient(options);

/** Does something to the server: kill or start. */
export const control = (action) => fetch(`${process.env.LONGHAUL_CONTROL}/${action}`, { method: "POST" });

/** Names the jobs of one test. */
export const mark = () => randomUUID();

export async function all(elements) {
  const list = [];
  for await (const each of elements) list.push(each);
  return list;
}

/** The error that a request must end with. */
export async function refused(errorCode, request) {
  const error = await request.then(() => assert.fail("It is not refused."), (failure) => failure);
  assert.ok(error instanceof LonghaulError, error);
  assert.equal(error.errorCode, errorCode);
  return error;
}

export async function serve(answer) {
  const server = createServer(answer);
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  const close = () => {
    server.closeAllConnections();
    return new Promise((closed) => server.close(closed));
  };
  return { url: `http://127.0.0.1:${server.address().port}`, close };
}

/** Passes requests on to the server. refuse, loseAnswer and cut make trouble for one request each. */
export async function open() {
  const door = { requests: [], refuse: 0, loseAnswer: false, cut: 0 };
  const take = (name, calm) => {
    const value = door[name];
    door[name] = calm;
    return value;
  };
  const server = await serve(async (request, response) => {
    const body = Buffer.concat(await all(request));
    door.requests.push({ method: request.method, path: request.url, headers: request.headers, body });
    const status = take("refuse", 0);
    if (status) return response.writeHead(status, { "Retry-After": "1" }).end();
    const { host, connection, "content-length": length, "transfer-encoding": coding, ...headers } = request.headers;
    // What is compressed on the way would be cut elsewhere.
    headers["accept-encoding"] = "identity";
    const answer = await fetch(URL_ + request.url, { method: request.method, headers, body: body.length ? body : undefined });
    if (take("loseAnswer", false)) return response.destroy();
    const given = [...answer.headers].filter(([name]) => !["transfer-encoding", "connection", "date"].includes(name));
    response.writeHead(answer.status, Object.fromEntries(given));
    let left = take("cut", 0) || Infinity;
    for await (const piece of answer.body ?? []) {
      const part = piece.subarray(0, left);
      left -= part.length;
      await new Promise((written) => response.write(part, written));
      if (left === 0) return response.destroy();
    }
    response.end();
  });
  return Object.assign(door, server);
}
