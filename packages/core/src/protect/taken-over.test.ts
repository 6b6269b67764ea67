import assert from "node:assert/strict";
import { test } from "node:test";
import { runIn } from "../testing/runs.ts";
import { type RunEvent, step } from "./run.ts";

test("another agent of a side takes over: what was begun stops, what ends a run goes on, the side is the new agent's", () => {
  for (const side of ["source", "target"] as const) {
    const event: RunEvent = { kind: "taken-over", side, agent: "other", fingerprint: "a".repeat(64) };
    for (const phase of ["opening", "arming", "armed", "sending", "verifying", "signing"] as const) {
      const { run, commands } = step(runIn(phase), event);
      assert.deepEqual([run.phase, run.cause?.code, run[side].agent], ["giving-up", "agent-lost", "other"]);
      const steps = commands.map((one) => one.kind === "instruct" && one.instruction.order.step);
      assert.deepEqual(steps, ["release", "release"]);
    }
    for (const phase of ["sealing", "closing"] as const) {
      const { run, commands } = step(runIn(phase), event);
      assert.deepEqual([run.phase, run[side].agent, commands], [phase, "other", []]);
    }
  }
});
