import assert from "node:assert/strict";
import { test } from "node:test";
import { drain } from "../drain.ts";
import { baseline } from "../scenarios/baseline.ts";
import { complainersUnder } from "./tampered.ts";

test("a point that is hidden for a moment could not have been restored then", async () => {
  const complainers = await complainersUnder(drain, baseline, {
    west: {
      target: (target, fs) => ({
        ...target,
        async seal(holding, request, cancel) {
          if (request.previous) {
            await fs.renameSnapshot(holding.directory, "current", "hidden", cancel);
            await fs.renameSnapshot(holding.directory, "hidden", "current", cancel);
          }
          return target.seal(holding, request, cancel);
        },
      }),
    },
  });
  assert.deepEqual(complainers, ["recoverable"]);
});
