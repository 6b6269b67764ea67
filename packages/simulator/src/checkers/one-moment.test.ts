import assert from "node:assert/strict";
import { test } from "node:test";
import { baseline } from "../scenarios/baseline.ts";
import { drain } from "../drain.ts";
import { complainersUnder } from "./tampered.ts";

test("a snapshot taken late, with a receipt that says otherwise, is no moment", async () => {
  const complainers = await complainersUnder(drain, baseline, {
    east: {
      source: (source, _fs, clock) => ({
        ...source,
        async snapshot(prepared, cancel) {
          const dueElapsedMs = clock.elapsedMs();
          await clock.sleep(100, cancel);
          const taken = await source.snapshot(prepared, cancel);
          return taken.map((one) => ({
            ...one,
            firstSentElapsedMs: dueElapsedMs,
            answeredElapsedMs: dueElapsedMs + 1,
          }));
        },
      }),
    },
  });
  assert.deepEqual(complainers, ["one-moment"]);
});
