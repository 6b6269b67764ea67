import assert from "node:assert/strict";
import { test } from "node:test";
import { drain } from "../drain.ts";
import type { Scenario } from "../plan.ts";
import { stuckService } from "../scenarios/stuck-service.ts";
import { complainersUnder } from "./tampered.ts";

/** Troubles come, since a service is stuck; the control device comes back in between. */
const troubled: Scenario = {
  name: "troubled",
  plan: (seed) => ({
    ...stuckService.plan(seed),
    crashes: [{ process: "control", run: 2, point: { call: 200, position: "before" }, downMs: 200 }],
    recovers: false,
  }),
};

test("a control device that forgets what it has told, and tells it again, is found", async () => {
  const complainers = await complainersUnder(drain, troubled, {
    control: {
      async opened(database) {
        await database.db.updateTable("alerts").set({ overAt: 1 }).where("overAt", "is", null).execute();
      },
    },
  });
  assert.ok(complainers.includes("told-once"), complainers.join());
});
