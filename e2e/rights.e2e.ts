// Who may do what: the data's owner on the secondary, strangers at the links, and an agent's own limits.
import { test } from "node:test";
import { startWorld } from "./harness/world.ts";
import { beyondLimits, LIMITS } from "./stories/beyond-limits.ts";
import { holdingIsClosed } from "./stories/holding.ts";
import { strangersAreRefused } from "./stories/strangers.ts";

test("the data's owner can neither write into the holding directory nor take away a sealed snapshot", async (t) => {
  const world = await startWorld();
  t.after(() => world.stop());
  await holdingIsClosed(world, "held");
});

test("of 100 stolen, replayed, expired and forged enrolments and peers none is accepted", async (t) => {
  const world = await startWorld();
  t.after(() => world.stop());
  await strangersAreRefused(world, { attempts: 100, report: (line) => t.diagnostic(line) });
});

test("an instruction beyond an agent's own limits is refused and audited", async (t) => {
  const world = await startWorld(LIMITS);
  t.after(() => world.stop());
  await beyondLimits(world);
});
