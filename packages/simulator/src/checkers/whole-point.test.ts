import assert from "node:assert/strict";
import { test } from "node:test";
import { baseline } from "../scenarios/baseline.ts";
import { drain } from "../drain.ts";
import { complainersUnder } from "./tampered.ts";

test("a point that lacks a file is not whole", async () => {
  const complainers = await complainersUnder(drain, baseline, {
    east: {
      source: (source) => ({
        ...source,
        async *list(prepared, cancel, filter) {
          for await (const entry of source.list(prepared, cancel, filter))
            if (!/(?<!serial)[02468b]$/.test(entry.path) || entry.type === "directory") yield entry;
        },
      }),
    },
  });
  assert.deepEqual(complainers, ["whole-point"]);
});

test("a point with another owner than the source's is not whole", async () => {
  const complainers = await complainersUnder(drain, baseline, {
    east: {
      source: (source) => ({
        ...source,
        async *list(prepared, cancel, filter) {
          for await (const entry of source.list(prepared, cancel, filter))
            yield { ...entry, owner: "nobody" };
        },
      }),
    },
  });
  assert.deepEqual(complainers, ["whole-point"]);
});

test("a point that goes when the next one comes was not kept", async () => {
  const complainers = await complainersUnder(drain, baseline, {
    west: {
      target: (target, fs) => ({
        ...target,
        async seal(holding, request, cancel) {
          const sealed = await target.seal(holding, request, cancel);
          if (request.previous)
            await fs.deleteSnapshot(holding.directory, `coeval-${request.previous}`, cancel);
          return sealed;
        },
      }),
    },
  });
  assert.deepEqual(complainers, ["recoverable", "whole-point"]);
});
