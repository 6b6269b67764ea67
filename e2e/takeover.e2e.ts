// Two agents on each of two real clusters: whichever acts is killed, the other one takes over.
import { test } from "node:test";
import { startWorld } from "./harness/world.ts";
import { takeover } from "./stories/takeover.ts";

test("the acting agent killed on one side, then on the other: the second one takes over, points go on, nothing is left behind", async (t) => {
  const world = await startWorld();
  t.after(() => world.stop());
  await takeover(world, {
    name: "takeover",
    everyMs: 5000,
    files: 40,
    rounds: 1,
    report: (line) => t.diagnostic(line),
  });
});
