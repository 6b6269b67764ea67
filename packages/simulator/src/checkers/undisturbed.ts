/** Undisturbed: where a fault is aimed at some services, every moment of all others is taken, at its instant, and sealed. */
import { formatInstant } from "@coeval/core/model/instant";
import type { Checker } from "./checker.ts";

const TOLD_MAX = 3;

export const undisturbed: Checker = {
  name: "undisturbed",
  afterAll({ plan, service, moments, runs }) {
    const aimedAt = plan.byPolicy?.aimedAt;
    if (!aimedAt || aimedAt.includes(service.name)) return [];
    const wrong = moments
      .filter(({ fate }) => fate === "missed")
      .map(({ moment, cause }) => `${service.name}: ${formatInstant(moment)} was missed: ${cause?.message}`);
    for (const { id, phase, cause } of runs)
      if (phase !== "done") wrong.push(`${service.name}: ${id} ended ${phase}: ${cause?.message}`);
    return wrong.slice(0, TOLD_MAX);
  },
};
