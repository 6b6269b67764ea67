/** Simulations with a bug put in on purpose: a checker that has never complained has proven nothing. */
import type { Scenario } from "../plan.ts";
import { simulate } from "../simulate.ts";
import type { Tampers } from "../stage.ts";
import type { Drain } from "../world/timeline.ts";
import { checkers } from "./all.ts";

/** Seeds tried until a checker complains: some histories do not meet the bug. */
const SEEDS_MAX = 6;

/** The names of all checkers that complain of the first history that meets the bug, sorted. */
export async function complainersUnder(
  drain: Drain,
  scenario: Scenario,
  tampers: Tampers,
): Promise<readonly string[]> {
  for (let seed = 1; seed <= SEEDS_MAX; seed++) {
    const { complaints } = await simulate({ seed, scenario, checkers, drain, tampers });
    if (complaints.length > 0) return [...new Set(complaints.map(({ checker }) => checker))].sort();
  }
  return [];
}
