// Policies on real clusters, without anybody's hand.
import { test } from "node:test";
import { startWorld } from "./harness/world.ts";
import { byPolicy } from "./stories/by-policy.ts";

test("two services by policy, one pushed, one pulled: every moment has one fate, every point holds", async (t) => {
  const world = await startWorld();
  t.after(() => world.stop());
  await byPolicy(world, {
    name: "policy",
    points: 2,
    everyMs: 5000,
    report: (line) => t.diagnostic(line),
  });
});
