/** The NTP server that all go by is silent for a while, once or again: what cannot be proven is not taken, and it goes on by itself. */
import type { Act, Scenario } from "../plan.ts";
import { TIME_HOST } from "../world/time-server.ts";
import { drawByPolicy } from "./draw-by-policy.ts";

export const timeServer: Scenario = {
  name: "time-server",
  plan(seed) {
    const acts = [0, 1, 2].flatMap((run): Act[] => {
      const fromMs = seed.between(0, 8000);
      const silent = (answers: boolean, ms: number): Act => ({
        name: `the time server ${answers ? "answers" : "is silent"}`,
        when: { kind: "after-begin", run, ms },
        act({ timeServers }) {
          const server = timeServers.get(TIME_HOST);
          if (server) server.answers = answers;
        },
      });
      return [silent(false, fromMs), silent(true, fromMs + seed.pick([1000, 5000, 20_000]))];
    });
    const byPolicy = seed.chance(0.3) ? drawByPolicy(seed.stream("policy")) : null;
    return { clock: "ntp", runs: 3, acts, byPolicy };
  },
};
