import assert from "node:assert/strict";
import { test } from "node:test";
import { baseline } from "../scenarios/baseline.ts";
import { drain } from "../drain.ts";
import { complainersUnder } from "./tampered.ts";

test("an agent that tidies up on the primary has written there", async () => {
  const complainers = await complainersUnder(drain, baseline, {
    east: {
      source: (source, fs) => ({
        ...source,
        async release(prepared, keep, cancel) {
          await source.release(prepared, keep, cancel);
          await fs.setMode("/data/orders/events", 0o700, cancel);
        },
      }),
    },
  });
  assert.deepEqual(complainers, ["source-untouched"]);
});
