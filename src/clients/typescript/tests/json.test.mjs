import assert from "node:assert/strict";
import { test } from "node:test";
import { ExactNumber, parse, stringify } from "longhaul-client";

test("what a number holds is a number", () => {
  for (const text of ["0", "-0", "1.5", "0.1", "1e-7", "1E+5", "123456789012345", "9007199254740992", "1.50", "100000000000000000000"]) {
    assert.equal(typeof parse(`[${text}]`)[0], "number", text);
    assert.equal(parse(`[${text}]`)[0], Number(text), text);
  }
});

test("no digit is lost", () => {
  const text = '{"a":12345678901234567890,"b":-0.12345678901234567890,"c":1e400,"d":[9007199254740993],"12345678901234567890":"12345678901234567890"}';
  const read = parse(text);
  assert.equal(read.a, 12345678901234567890n);
  assert.ok(read.b instanceof ExactNumber);
  assert.equal(read.b.text, "-0.12345678901234567890");
  assert.equal(read.b + 0, -0.12345678901234568);
  assert.equal(read.d[0], 9007199254740993n);
  assert.equal(stringify(read), text);
});

test("a whole number comes back as it was sent", () => {
  for (const whole of [10n ** 23n, -(10n ** 23n), 2n ** 53n + 1n, 10n ** 400n]) {
    assert.deepEqual(parse(stringify([whole])), [whole]);
  }
});

test("texts stay as they are", () => {
  for (const value of ['"1234567890123456789"', "1234567890123456789", '\\"12345678901234567890,', "\u0000\n\u2028"]) {
    assert.deepEqual(parse(stringify({ [value]: [value, 1n] })), { [value]: [value, 1] });
  }
});

test("long texts and numbers are read", () => {
  for (const long of ["a".repeat(20_000_000), "\\\n\"".repeat(7_000_000)]) {
    const read = parse(`{"long":${JSON.stringify(long)},"n":12345678901234567890}`);
    assert.ok(read.long === long);
    assert.equal(read.n, 12345678901234567890n);
  }
  const number = `1.${"0".repeat(1_000_000)}1`;
  assert.ok(parse(`[${number}]`)[0].text === number);
});

test("what is no JSON is refused", () => {
  for (const text of ["[01234567890123456789]", "[1234567890123456789.]", "{'a':12345678901234567890}", "[-]", "12345678901234567890x"]) {
    assert.throws(() => parse(text), SyntaxError, text);
  }
  assert.throws(() => stringify([NaN]), RangeError);
  assert.throws(() => new ExactNumber("1,5"), SyntaxError);
});
