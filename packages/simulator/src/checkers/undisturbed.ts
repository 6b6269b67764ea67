/** Undisturbed: where a fault is aimed at some services, every moment of all others is taken, at its instant, and sealed. */
import { formatInstant } from "@coeval/core/model/instant";
import type { Checker } from "./checker.ts";

/** By then the agents are there, and the clocks are read. */
const BEGIN_MS = 15_000;
const TOLD_MAX = 3;

export const undisturbed: Checker = {
  name: "undisturbed",
  afterAll({ plan, service, moments, runs, appliedAtMs, sharedAt }) {
    const aimedAt = plan.byPolicy?.aimedAt;
    if (!aimedAt || aimedAt.includes(service.name)) return [];
    const wrong = moments
      .filter(({ fate, moment }) => fate === "missed" && moment > sharedAt(appliedAtMs + BEGIN_MS))
      .map(({ moment, cause }) => `${service.name}: ${formatInstant(moment)} was missed: ${cause?.message}`);
    for (const { id, phase, cause } of runs)
      if (phase !== "done") wrong.push(`${service.name}: ${id} ended ${phase}: ${cause?.message}`);
    return wrong.slice(0, TOLD_MAX);
  },
};
