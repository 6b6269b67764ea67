// kill -9 of each process in the middle of a run; the campaign `kills` takes ten times of each.
import { test } from "node:test";
import { startWorld } from "./harness/world.ts";
import { kills } from "./stories/kills.ts";

test("kill -9 of control and of each agent: the run goes on or says why not, nothing is left behind, the next point is right", async (t) => {
  const world = await startWorld();
  t.after(() => world.stop());
  await kills(world, {
    name: "killed",
    victims: ["control", "east", "west"],
    times: 10,
    only: [6],
    files: 60,
    seed: 11,
    report: (line) => t.diagnostic(line),
  });
});
