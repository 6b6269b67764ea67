// The primary site hangs: the cluster's daemons are frozen, which is worse than dead, for connections stay open.
import { test } from "node:test";
import { testClusters } from "./harness/clusters.ts";
import { startWorld } from "./harness/world.ts";
import { primaryLost } from "./stories/primary-lost.ts";

test("the primary lost: the cause is told within 10 s, and the point is read on the secondary", async (t) => {
  // Of its own: other tests must not find their primary frozen.
  const pair = await testClusters({});
  t.after(() => pair.close());
  const world = await startWorld({ pair });
  t.after(() => world.stop());
  const { east } = world.pair;
  t.after(() => east.thaw());
  await primaryLost(world, {
    name: "lost",
    lose: () => east.freeze(),
    bringBack: () => east.thaw(),
    report: (line) => t.diagnostic(line),
  });
});
