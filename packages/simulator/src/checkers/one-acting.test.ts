import assert from "node:assert/strict";
import { test } from "node:test";
import { drain } from "../drain.ts";
import type { Cut, Scenario } from "../plan.ts";
import { complainersUnder } from "./tampered.ts";

const FOR_MS = 60_000;

/** The agent of east is cut off from the control device alone, and the other one takes over. */
const cutOff: Scenario = {
  name: "cut-off",
  plan() {
    const cut: Cut = { from: "control", to: "east", run: 1, afterMs: 1000, forMs: FOR_MS };
    return { runs: 3, standby: true, leadMs: 2000, cuts: [cut, { ...cut, from: "east", to: "control" }] };
  },
};

test("an agent that is cut off and goes on working, as if its lease never ended, is found out", async () => {
  const complainers = await complainersUnder(drain, cutOff, {
    east: {
      source(source, fs, clock) {
        const touch = async (): Promise<void> => {
          const cancel = new AbortController().signal;
          for (;;) {
            await clock.sleep(1000);
            await fs.deleteSnapshot("/data/orders", "coeval-orders-run-0", cancel);
          }
        };
        void touch();
        return source;
      },
    },
  });
  assert.deepEqual(complainers, ["one-acting"]);
});

test("the same history with agents that heed their lease is well", async () => {
  assert.deepEqual(await complainersUnder(drain, cutOff, {}), []);
});
