import assert from "node:assert/strict";
import { test } from "node:test";
import { checkers } from "../checkers/all.ts";
import { drain } from "../drain.ts";
import { simulate } from "../simulate.ts";
import type { Tampers } from "../stage.ts";
import { killedForEver } from "./takeover.ts";

/** How the runs ended, and what the checkers say, when the secondary's agent dies at the n-th call of a kind in the second run. */
async function killedAt(method: string, call: number, tampers: Tampers = {}) {
  const scenario = killedForEver(method, call);
  const { endings, complaints } = await simulate({ seed: 5, scenario, checkers, drain, tampers });
  return { endings: endings.join(), complaints: complaints.map(({ checker }) => checker) };
}

test("a switch that was begun is taken back by the agent that took over, and the next point is right", async () => {
  for (const call of [1, 4])
    assert.deepEqual(await killedAt("rename", call), {
      endings: "sealed,agent-lost,sealed,sealed",
      complaints: [],
    });
});

test("a seal that was committed is brought to its end by the agent that took over, which signs the point", async () => {
  for (const [method, call] of [
    ["createSnapshot", 1],
    ["renameSnapshot", 2],
    ["remove", 1],
  ] as const)
    assert.deepEqual(
      await killedAt(method, call),
      { endings: "sealed,sealed,sealed,sealed", complaints: [] },
      method,
    );
});

test("without its journal a switch could not be taken back: the simulation finds that out", async () => {
  const { complaints } = await killedAt("rename", 4, {
    west: { target: (target) => ({ ...target, writeJournal: async () => undefined }) },
  });
  assert.ok(complaints.length > 0);
});
