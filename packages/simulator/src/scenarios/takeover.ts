/**
 * Each cluster has two agents. An agent is killed at any of its calls and never comes back, or comes back later, or is cut off from the
 * control device alone: the other one takes over, and the next point is right.
 */
import type { Crash, Cut, Scenario } from "../plan.ts";
import type { MachineName } from "../processes/machine.ts";
import type { Seed } from "../world/seed.ts";
import { drawCrash } from "./crash.ts";
import { drawByPolicy } from "./draw-by-policy.ts";

const RUNS = 4;
const AGENTS: readonly MachineName[] = ["east", "west", "east2", "west2"];
/** Long enough for another to take over, or not quite. */
const AWAY_MS = { least: 5000, most: 90_000 } as const;

export const takeover: Scenario = {
  name: "takeover",
  plan(seed) {
    const crashes: Crash[] = [];
    const cuts: Cut[] = [];
    // At most one agent of each cluster is gone for good.
    const gone = new Set<string>();
    for (let run = 0; run < RUNS; run++) {
      const victims = seed.chance(0.3) ? 2 : 1;
      for (let victim = 0; victim < victims; victim++) {
        const agent = seed.chance(0.7) ? seed.pick(AGENTS.slice(0, 2)) : seed.pick(AGENTS);
        const cluster = agent.slice(0, 4);
        const kind = seed.pick(["never", "later", "cut", "cut"] as const);
        if (kind === "cut") cuts.push(...drawCuts(seed, run, agent));
        else
          crashes.push({
            ...drawCrash(seed, run),
            process: agent,
            downMs: drawDown(seed, kind === "never" && !gone.has(cluster)),
          });
        if (kind === "never") gone.add(cluster);
      }
    }
    return { runs: RUNS, standby: true, crashes, cuts };
  },
};

/** The same with several services by policy: no moment goes without its fate. */
export const policyTakeover: Scenario = {
  name: "policy-takeover",
  plan: (seed) => ({ ...takeover.plan(seed.stream("takeover")), byPolicy: drawByPolicy(seed) }),
};

function drawDown(seed: Seed, forEver: boolean): number {
  return forEver ? Number.POSITIVE_INFINITY : seed.between(AWAY_MS.least, AWAY_MS.most);
}

/** From the control device alone, one way or both. */
function drawCuts(seed: Seed, run: number, agent: MachineName): Cut[] {
  const afterMs = seed.between(0, 6000);
  const forMs = seed.between(AWAY_MS.least, AWAY_MS.most);
  const there: Cut = { from: "control", to: agent, run, afterMs, forMs };
  const back: Cut = { from: agent, to: "control", run, afterMs, forMs };
  return seed.pick([[there], [back], [there, back]]);
}

/** The agent of the secondary dies at a changing call of one kind, in the second run, and never comes back: the other one takes over. */
export function killedForEver(method: string, call: number): Scenario {
  const point = {
    label: `fs.change.${method}`,
    call,
    position: call % 2 === 0 ? "during" : "after",
  } as const;
  const crash: Crash = { process: "west", run: 1, point, downMs: Number.POSITIVE_INFINITY };
  return {
    name: "killed-for-ever",
    plan: () => ({ runs: 3, standby: true, leadMs: 2500, crashes: [crash] }),
  };
}
