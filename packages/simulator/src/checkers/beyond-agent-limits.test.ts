import assert from "node:assert/strict";
import { test } from "node:test";
import type { Scenario } from "../plan.ts";
import { drain } from "../drain.ts";
import { complainersUnder } from "./tampered.ts";

const wide = { readPrefixes: ["/data"], writePrefixes: ["/backup"] };

test("an agent that reads what it may not read is found out", async () => {
  const narrow: Scenario = {
    name: "narrow",
    plan: () => ({ limits: { east: { ...wide, readPrefixes: ["/data/other"] } } }),
  };
  assert.deepEqual(await complainersUnder(drain, narrow, { east: { limits: wide } }), [
    "beyond-agent-limits",
  ]);
});

test("an agent that writes where it may not write is found out", async () => {
  const narrow: Scenario = {
    name: "narrow",
    plan: () => ({ limits: { west: { ...wide, writePrefixes: ["/backup/other"] } } }),
  };
  assert.deepEqual(await complainersUnder(drain, narrow, { west: { limits: wide } }), [
    "beyond-agent-limits",
  ]);
});
