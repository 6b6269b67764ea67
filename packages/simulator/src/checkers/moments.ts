/**
 * Moments: each instant that a policy gives has exactly one fate, in order, none left out, none twice; one that was taken has a
 * run of exactly that moment, and that run's point is of exactly that moment.
 */
import { formatInstant } from "@coeval/core/model/instant";
import { momentsOf } from "@coeval/core/protect/moments";
import type { StoredMoment } from "@coeval/store/control/moment-row";
import { POLICY } from "@coeval/control/arm-moment";
import { calendar } from "../world/calendar.ts";
import type { Checker, Facts } from "./checker.ts";

/** A moment that passed is told within this, once all is well. */
const TOLD_WITHIN_MS = 10_000;
const TOLD_MAX = 5;

export const moments: Checker = {
  name: "moments",
  afterAll: (facts) => [...unlikeThePolicy(facts), ...unlikeTheRuns(facts)].slice(0, TOLD_MAX),
};

function unlikeThePolicy(facts: Facts): string[] {
  const { service, moments: told } = facts;
  const due = momentsOf(service.policy, calendar);
  const wrong: string[] = [];
  let last = facts.sharedAt(facts.appliedAtMs);
  for (const { moment, fate, cause, more } of told) {
    const wanted = due.next(last);
    if (moment !== wanted) {
      const instead = wanted === null ? "none" : formatInstant(wanted);
      wrong.push(`${service.name}: ${formatInstant(moment)} is told as ${fate}, due was ${instead}`);
    }
    if (fate !== "run" && !cause)
      wrong.push(`${service.name}: ${formatInstant(moment)} is ${fate} for no reason`);
    if (cause?.code === "defect") wrong.push(`${service.name}: ${formatInstant(moment)}: ${cause.message}`);
    last = Math.max(last, moment);
    for (let counted = 0; counted < more; counted++) last = due.next(last) ?? last;
  }
  const next = due.next(last);
  if (next !== null && next < facts.sharedAt(facts.timeline.nowMs) - TOLD_WITHIN_MS)
    wrong.push(`${service.name}: nothing is told of ${formatInstant(next)}`);
  return wrong;
}

function unlikeTheRuns({ service, moments: told, runs, points }: Facts): string[] {
  const wrong: string[] = [];
  const taken = new Map<string, StoredMoment>();
  for (const one of told) {
    if ((one.run !== null) !== (one.fate === "run"))
      wrong.push(`${service.name}: ${formatInstant(one.moment)} is ${one.fate} and has the run ${one.run}`);
    if (one.run === null) continue;
    if (taken.has(one.run)) wrong.push(`${one.run} has taken two moments`);
    taken.set(one.run, one);
  }
  for (const run of runs) {
    if (run.requestedBy !== POLICY) continue;
    const moment = taken.get(run.id)?.moment;
    taken.delete(run.id);
    if (moment === undefined) wrong.push(`${run.id} is of the policy and of none of its moments`);
    else if (moment !== run.moment)
      wrong.push(`${run.id} is of ${formatInstant(run.moment)}, not of ${formatInstant(moment)}`);
    const point = points.find((one) => one.run === run.id);
    if (point && (point.moment !== run.moment || point.certificate.body.moment !== formatInstant(run.moment)))
      wrong.push(`${run.id}: its point is of ${formatInstant(point.moment)}`);
  }
  for (const run of taken.keys()) wrong.push(`${run} has taken a moment and is no run`);
  return wrong;
}
