import assert from "node:assert/strict";
import { test } from "node:test";
import { schedulePut } from "@coeval/store/control/schedule-put";
import { serviceList } from "@coeval/store/control/service-list";
import { drain } from "../drain.ts";
import { simulate } from "../simulate.ts";
import { checkers } from "./all.ts";
import { policy } from "../scenarios/policy.ts";
import type { Scenario } from "../plan.ts";
import { complainersUnder } from "./tampered.ts";

/** The control device is away for some moments of every service. */
const away: Scenario = {
  name: "away",
  plan: (seed) => ({
    ...policy.plan(seed),
    runs: 1,
    crashes: [{ process: "control", run: 0, point: { call: 300, position: "before" }, downMs: 45_000 }],
  }),
};

test("what was due while the control device was away is told, moment by moment", async () => {
  const { complaints, endings } = await simulate({ seed: 1, scenario: away, checkers, drain });
  assert.deepEqual(complaints, []);
  assert.ok(endings.includes("sealed"));
});

test("a scheduler that merges missed moments in silence is found", async () => {
  const complainers = await complainersUnder(drain, away, {
    control: {
      opened: (database, clock) =>
        database.write(async (trx) => {
          for (const { service } of await serviceList(trx))
            await schedulePut(trx, service.name, clock.nowMs());
        }),
    },
  });
  assert.deepEqual(complainers, ["moments"]);
});

test("a moment told twice is found", async () => {
  const complainers = await complainersUnder(
    drain,
    { ...policy, plan: (seed) => ({ ...policy.plan(seed), runs: 1 }) },
    {
      control: {
        control: (control) => ({
          ...control,
          moments: {
            ...control.moments,
            async list(service, request) {
              const page = await control.moments.list(service, request);
              return {
                ...page,
                items: page.items.flatMap((item, index) => (index === 1 ? [item, item] : [item])),
              };
            },
          },
        }),
      },
    },
  );
  assert.deepEqual(complainers, ["moments"]);
});
