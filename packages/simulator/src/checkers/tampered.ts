/** Simulations with a bug put in on purpose: a checker that has never complained has proven nothing. */
import type { Scenario } from "../plan.ts";
import { simulate } from "../simulate.ts";
import type { Tampers } from "../stage.ts";
import type { Drain } from "../world/timeline.ts";
import { checkers } from "./all.ts";

/** Seeds tried until a checker complains: some histories do not meet the bug. */
const SEEDS_MAX = 12;

/**
 * The names of all checkers that complain of the first history that meets the bug, sorted.
 * @param sought a bug may have other consequences first: then the first history of which this checker complains.
 */
export async function complainersUnder(
  drain: Drain,
  scenario: Scenario,
  tampers: Tampers,
  sought?: string,
): Promise<readonly string[]> {
  for (let seed = 1; seed <= SEEDS_MAX; seed++) {
    const { complaints } = await simulate({ seed, scenario, checkers, drain, tampers });
    const names = new Set(complaints.map(({ checker }) => checker));
    if (sought === undefined ? names.size > 0 : names.has(sought)) return [...names].sort();
  }
  return [];
}
