/**
 * Run ends: every run ends sealed, or cleanly with a reason a person can act on; when the faults are over, the next one is
 * sealed. That a run does not end at all is found by waiting, in simulate.ts, under this checker's name.
 */
import type { ErrorCode } from "@coeval/core/errors";
import type { Checker } from "./checker.ts";

/** Reasons that say nothing to a person. */
const NO_REASONS: readonly ErrorCode[] = ["defect", "internal-stop"];

export const runEnds: Checker = {
  name: "run-ends",
  afterRun({ plan }, { id, phase, cause }) {
    const wrong: string[] = [];
    if (phase === "failed" && !cause) wrong.push(`${id} failed without a reason`);
    if (cause && NO_REASONS.includes(cause.code))
      wrong.push(`${id} ended with ${cause.code}: ${cause.message}`);
    if (cause && plan.fair) wrong.push(`${id} failed in fair weather: ${cause.code}: ${cause.message}`);
    return wrong;
  },
  afterAll({ plan, runs, control, agents }) {
    const wrong = [control.broken, agents.east.broken, agents.west.broken].filter((why) => why !== null);
    const last = runs.at(-1);
    if (plan.recovers && last?.phase !== "done")
      wrong.push(`no run was sealed after the faults: ${last?.cause?.code}: ${last?.cause?.message}`);
    return wrong;
  },
};
