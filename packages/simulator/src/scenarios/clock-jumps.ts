/** The agents' wall clocks are set, forward and back, whenever it may hurt; what is measured on elapsed time does not notice. */
import type { Act, Scenario } from "../plan.ts";

export const clockJumps: Scenario = {
  name: "clock-jumps",
  plan: (seed) => ({
    runs: 3,
    acts: Array.from({ length: 6 }, (_, index): Act => {
      const whose = seed.pick(["east", "west"] as const);
      const byMs = seed.pick([-1, 1]) * seed.pick([30, 5000, 3_600_000]);
      return {
        name: `wall clock of ${whose} set by ${byMs} ms`,
        when: { kind: "before-moment", run: index % 3, ms: seed.between(-100, 1500) },
        act: ({ machines }) => machines[whose].timepiece.step(byMs),
      };
    }),
  }),
};
