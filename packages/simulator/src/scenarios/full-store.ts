/** The disk below a process's database is full for a while, once or again: nothing can be written down, and nothing is done that is not. */
import type { Act, Scenario } from "../plan.ts";
import { drawByPolicy } from "./draw-by-policy.ts";
import type { ProcessName } from "../processes/machine.ts";

const PROCESSES: readonly ProcessName[] = ["control", "east", "west"];

export const fullStore: Scenario = {
  name: "full-store",
  plan(seed) {
    const acts = [0, 1].flatMap((run): Act[] => {
      const whose = seed.pick(PROCESSES);
      const fromMs = seed.between(0, 8000);
      const act = (full: boolean, ms: number): Act => ({
        name: `database of ${whose} ${full ? "full" : "has room"}`,
        when: { kind: "after-begin", run, ms },
        act: ({ machines }) => {
          machines[whose].databaseDisk.full = full;
        },
      });
      return [act(true, fromMs), act(false, fromMs + seed.pick([50, 1000, 5000, 30_000]))];
    });
    return { runs: 2, acts, byPolicy: seed.chance(0.5) ? drawByPolicy(seed.stream("policy")) : null };
  },
};
