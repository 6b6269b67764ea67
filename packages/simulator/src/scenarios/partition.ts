/** Nothing gets through between two machines for a while, one way or both; connections break. */
import type { Break, Cut, Scenario } from "../plan.ts";
import type { ProcessName } from "../processes/machine.ts";
import type { Seed } from "../world/seed.ts";

const PAIRS: readonly (readonly [ProcessName, ProcessName])[] = [
  ["control", "east"],
  ["control", "west"],
  ["east", "west"],
];
const RUNS = 3;

export const partition: Scenario = {
  name: "partition",
  plan: (seed) => ({
    runs: RUNS,
    cuts: Array.from({ length: RUNS }, (_, run) => drawCuts(seed, run)).flat(),
    breaks: drawBreaks(seed, RUNS),
  }),
};

export function drawCuts(seed: Seed, run: number): Cut[] {
  const [a, b] = seed.pick(PAIRS);
  const afterMs = seed.between(0, 6000);
  const forMs = seed.chance(0.1) ? seed.between(30_000, 400_000) : seed.between(50, 25_000);
  const there: Cut = { from: a, to: b, run, afterMs, forMs };
  const back: Cut = { from: b, to: a, run, afterMs, forMs };
  return seed.pick([[there], [back], [there, back]]);
}

export function drawBreaks(seed: Seed, runs: number): Break[] {
  return Array.from({ length: runs }, (_, run) =>
    Array.from({ length: seed.whole(0, 6) }, () => ({ run, afterMs: seed.between(1500, 6000) })),
  ).flat();
}
