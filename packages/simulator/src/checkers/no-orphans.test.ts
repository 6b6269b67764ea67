import assert from "node:assert/strict";
import { test } from "node:test";
import { baseline } from "../scenarios/baseline.ts";
import { drain } from "../drain.ts";
import { complainersUnder } from "./tampered.ts";

test("a release that only says it released leaves orphans", async () => {
  const complainers = await complainersUnder(drain, baseline, {
    east: { source: (source) => ({ ...source, release: () => Promise.resolve() }) },
  });
  assert.deepEqual(complainers, ["no-orphans"]);
});

test("a run's folder that stays behind is an orphan", async () => {
  const complainers = await complainersUnder(drain, baseline, {
    west: { files: (files) => ({ ...files, remove: () => Promise.resolve() }) },
  });
  assert.deepEqual(complainers, ["no-orphans"]);
});

test("staging made again after the seal is an orphan", async () => {
  const complainers = await complainersUnder(drain, baseline, {
    west: {
      target: (target, fs) => ({
        ...target,
        async seal(holding, request, cancel) {
          const sealed = await target.seal(holding, request, cancel);
          await fs.makeDirectory(`${holding.directory}/.coeval-stage`, 0o700, cancel);
          return sealed;
        },
      }),
    },
  });
  assert.deepEqual(complainers, ["no-orphans"]);
});
