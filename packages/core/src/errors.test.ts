import assert from "node:assert/strict";
import { test } from "node:test";
import { CoevalError, errors, EVIDENCE_MAX, FAILURE_LENGTH_MAX, toFailure } from "./errors.ts";

test("a failure of the catalogue keeps code, message and evidence; anything else is a defect", () => {
  const thrown = new CoevalError("torn", "by 5 ms", { evidence: ["a"] });
  assert.deepEqual(toFailure(thrown), { code: "torn", message: "by 5 ms", evidence: ["a"] });
  assert.deepEqual(toFailure(new TypeError("x")), { code: "defect", message: "TypeError: x", evidence: [] });
  assert.deepEqual(toFailure("text"), { code: "defect", message: "text", evidence: [] });
});

test("a failure is bounded, whatever was thrown, so that it can always be told", () => {
  const long = "x".repeat(1_000_000);
  const evidence = Array.from({ length: 100 }, () => long);
  for (const thrown of [new Error(long), long, new CoevalError("corrupt", long, { evidence })]) {
    const failure = toFailure(thrown);
    assert.ok(failure.message.length <= FAILURE_LENGTH_MAX && failure.message.endsWith("…"));
    assert.ok(failure.evidence.length <= EVIDENCE_MAX);
    assert.ok(failure.evidence.every((one) => one.length <= FAILURE_LENGTH_MAX));
  }
});

test("every entry of the catalogue is in sentences and has a status of its kind", () => {
  for (const [code, { meaning, hint, status, retry }] of Object.entries(errors)) {
    assert.match(code, /^[a-z]+(-[a-z]+)*$/);
    assert.match(meaning, /^[A-Z].*\.$/, code);
    assert.match(hint, /[.)]$/, code);
    assert.ok(status >= 400 && status < 600 && ["now", "later", "never"].includes(retry), code);
  }
});
