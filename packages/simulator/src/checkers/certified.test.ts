import assert from "node:assert/strict";
import { test } from "node:test";
import type { Scenario } from "../plan.ts";
import { drain } from "../drain.ts";
import { complainersUnder } from "./tampered.ts";

/** The agent itself looks at the certificate before it follows it with the next one. */
const once: Scenario = { name: "one run", plan: () => ({ runs: 0 }) };

test("an agent that keeps another certificate than was signed is found out", async () => {
  const complainers = await complainersUnder(drain, once, {
    east: {
      files: (files) => ({
        ...files,
        async create(path) {
          const writer = await files.create(path);
          if (!path.endsWith("certificate.json")) return writer;
          const changed = (bytes: Uint8Array) =>
            new TextEncoder().encode(new TextDecoder().decode(bytes).replace('"version": 1', '"version": 2'));
          return { ...writer, write: (bytes) => writer.write(changed(bytes)) };
        },
      }),
    },
  });
  assert.deepEqual(complainers, ["certified"]);
});
