import assert from "node:assert/strict";
import { test } from "node:test";
import { LonghaulClient } from "longhaul-client";

/** The addresses that a client asks in an environment. The same cases as those of the command line and of the other clients. */
const urls = (environment, url) => {
  const before = process.env;
  process.env = environment;
  try {
    return new LonghaulClient({ url }).transport.settings.urls;
  } finally {
    process.env = before;
  }
};

test("the environment names the server", () => {
  assert.deepEqual(urls({}), ["http://127.0.0.1:8080"]);
  assert.deepEqual(urls({ LONGHAUL_PORT: " ", LONGHAUL_URL: "" }), ["http://127.0.0.1:8080"]);
  assert.deepEqual(urls({ LONGHAUL_PORT: "9090" }), ["http://127.0.0.1:9090"]);
  assert.deepEqual(urls({ LONGHAUL_BIND: "0.0.0.0", LONGHAUL_PORT: "9090" }), ["http://127.0.0.1:9090"]);
  assert.deepEqual(urls({ LONGHAUL_BIND: "10.0.0.7" }), ["http://10.0.0.7:8080"]);
  assert.deepEqual(urls({ LONGHAUL_BIND: "::1" }), ["http://[::1]:8080"]);
});

test("its url comes before its port, and an option before both", () => {
  const both = { LONGHAUL_URL: "http://10.0.0.7:1, http://10.0.0.8:1/", LONGHAUL_PORT: "tcp://10.0.0.9:8080" };
  assert.deepEqual(urls(both), ["http://10.0.0.7:1", "http://10.0.0.8:1"]);
  assert.deepEqual(urls(both, "http://10.0.0.6:1"), ["http://10.0.0.6:1"]);
});

test("a port where no server can be is refused", () => {
  for (const port of ["0", "65536", "eighty", "tcp://10.0.0.9:8080"]) {
    assert.throws(() => urls({ LONGHAUL_PORT: port }), /LONGHAUL_PORT is .*LONGHAUL_URL/);
  }
});
