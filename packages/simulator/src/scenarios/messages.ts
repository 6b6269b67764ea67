/** Messages between agents and control device are lost, repeated, late and out of order. */
import type { Scenario } from "../plan.ts";

const RATE_MAX = 0.12;

export const messages: Scenario = {
  name: "messages",
  plan(seed) {
    const rate = () => (seed.chance(0.7) ? seed.between(0, RATE_MAX) : 0);
    return { runs: 3, link: { lost: rate(), repeated: rate(), late: rate(), replayed: 0 } };
  },
};
