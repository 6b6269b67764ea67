import assert from "node:assert/strict";
import { test } from "node:test";
import { baseline } from "../scenarios/baseline.ts";
import { drain } from "../drain.ts";
import { complainersUnder } from "./tampered.ts";

test("a run that waits for ever does not end", async () => {
  const complainers = await complainersUnder(drain, baseline, {
    east: { source: (source) => ({ ...source, release: () => new Promise(() => undefined) }) },
  });
  assert.deepEqual(complainers, ["run-ends"]);
});

test("a run that ends with a defect has no reason that a person can act on", async () => {
  const complainers = await complainersUnder(drain, baseline, {
    east: {
      source: (source) => ({
        ...source,
        attributes: () => Promise.reject(new TypeError("undefined is no ACL")),
      }),
    },
  });
  assert.deepEqual(complainers, ["run-ends"]);
});
