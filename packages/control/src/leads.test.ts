import assert from "node:assert/strict";
import { test } from "node:test";
import { LEAD_MS } from "@coeval/core/protect/moment";
import { OPENING_MS_MAX, type Run } from "@coeval/core/protect/run";
import { createLeads, FIRST_LEAD_MS } from "./leads.ts";
import { serviceBetween } from "./testing/fake-control.ts";
import { createFakeTime } from "./testing/fake-clock.ts";
import { createFakeWorld } from "./testing/fake-world.ts";

function run(phase: Run["phase"], code?: "moment-too-near" | "agent-lost"): Run {
  const cause = code ? { code, message: "", evidence: [] } : null;
  return { id: "run-1", service: serviceBetween("east", "west"), phase, cause } as unknown as Run;
}

test("the next run of a service is given what the last opening took, with room, within bounds", async () => {
  const time = createFakeTime(0);
  const leads = createLeads(createFakeWorld(time.process(), 1));
  assert.equal(leads.of("orders"), FIRST_LEAD_MS);
  const opened = async (tookMs: number, last: Run) => {
    leads.note(null, run("opening"));
    await time.advance(tookMs);
    leads.note(run("opening"), run("arming"));
    leads.note(run("arming"), last);
    return leads.of("orders");
  };
  assert.equal(await opened(4000, run("armed")), LEAD_MS + 6000);
  assert.equal(await opened(200, run("armed")), LEAD_MS + 300);
  assert.equal(await opened(10_000, run("giving-up", "moment-too-near")), LEAD_MS + 15_000);
  assert.equal(
    await opened(500, run("giving-up", "agent-lost")),
    LEAD_MS + 15_000,
    "it was not for lack of time",
  );
  assert.equal(await opened(90_000, run("armed")), OPENING_MS_MAX);
});
