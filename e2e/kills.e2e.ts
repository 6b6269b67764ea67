// kill -9 of each process in the middle of a run; the campaign `kills` takes ten times of each.
import { test } from "node:test";
import { startWorld } from "./harness/world.ts";
import { kills } from "./stories/kills.ts";

const TIMES = 10;

for (const [victim, only] of [
  ["control", [6]],
  ["east", [5]],
  ["west", [7]],
] as const) {
  test(`kill -9 of ${victim}: the run goes on or says why not, nothing is left behind, the next point is right`, async (t) => {
    const world = await startWorld();
    t.after(() => world.stop());
    await kills(world, {
      name: `killed-${victim}`,
      victims: [victim],
      times: TIMES,
      only,
      files: 60,
      seed: 11,
      report: (line) => t.diagnostic(line),
    });
  });
}
