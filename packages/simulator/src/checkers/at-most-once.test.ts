import assert from "node:assert/strict";
import { test } from "node:test";
import { baseline } from "../scenarios/baseline.ts";
import { drain } from "../drain.ts";
import { complainersUnder } from "./tampered.ts";

test("a snapshot that is taken, thrown away and taken again was instructed once", async () => {
  const complainers = await complainersUnder(drain, baseline, {
    east: {
      source: (source, fs) => ({
        ...source,
        async snapshot(prepared, cancel) {
          await source.snapshot(prepared, cancel);
          for (const { root } of prepared.roots) await fs.deleteSnapshot(root, prepared.snapshotName, cancel);
          return source.snapshot(prepared, cancel);
        },
      }),
    },
  });
  assert.deepEqual(complainers, ["at-most-once"]);
});
