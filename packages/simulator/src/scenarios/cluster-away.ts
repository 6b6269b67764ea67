/** A NameNode cannot be reached for a while, or is in safe mode, in the middle of a run. */
import type { Act, Scenario } from "../plan.ts";

export const clusterAway: Scenario = {
  name: "cluster-away",
  plan(seed) {
    const acts = [0, 1, 2].flatMap((run): Act[] => {
      const which = seed.pick(["east", "west"] as const);
      const how = seed.pick(["unreachable", "safe mode"] as const);
      const fromMs = seed.between(0, 5000);
      const act = (away: boolean, ms: number): Act => ({
        name: `${which} ${away ? how : "is back"}`,
        when: { kind: "after-begin", run, ms },
        act({ clusters }) {
          if (how === "unreachable") clusters[which].setReachable(!away);
          else clusters[which].setSafeMode(away);
        },
      });
      return [act(true, fromMs), act(false, fromMs + seed.pick([300, 3000, 30_000]))];
    });
    return { runs: 3, acts };
  },
};
