/** What a policy must be that the form of its document cannot tell: zones that exist, moments that come, in time to be taken. */
import { CoevalError, type ErrorCode } from "../errors.ts";
import { canonical, type Json } from "../model/canonical.ts";
import { CRON_SEARCH_YEARS, parseCron } from "../model/cron.ts";
import { formatInstant, type Instant } from "../model/instant.ts";
import {
  MAX_BANDWIDTH,
  MAX_BLACKOUTS,
  MAX_EVERY_MS,
  MAX_FILTERS,
  MAX_MOMENT_RULES,
  MAX_PRIORITY,
  MAX_RPO_MS,
  MIN_BANDWIDTH,
  MIN_EVERY_MS,
  MIN_RPO_MS,
  type MomentRule,
  type Policy,
} from "../model/policy.ts";
import { checkPattern } from "../model/path-filter.ts";
import type { Service } from "../model/service.ts";
import { checkZone } from "../model/zone.ts";
import type { Calendar } from "../ports/calendar.ts";
import { momentsOf, ruledBy } from "./moments.ts";

/** When the policy is given, and what it replaces. */
export interface Given {
  readonly now: Instant;
  /** The service as it was; null for a new one. What stood there already may lie in the past by now. */
  readonly before: Service | null;
}

/**
 * Judged at apply. The tolerance against the clock's error is judged before each moment, when the error is known.
 * @throws CoevalError with a pointer into the service's document: `bad-input` for what is out of bounds, a zone that does not exist, an
 * expression that is none or never comes, a rule twice, blackouts that leave a rule no moment; a pattern that is none; `moment-past`.
 */
export function checkPolicy({ policy }: Service, { now, before }: Given, calendar: Calendar): void {
  checkNumbers(policy);
  checkFilters(policy);
  for (const [index, blackout] of policy.blackout.entries()) {
    const place = `/blackout/${index}`;
    at(`${place}/zone`, () => checkZone(blackout.zone, calendar));
    if (blackout.fromMinute === blackout.toMinute)
      throw wrong(`${place}/to`, "ends when it begins; for a whole day say from 00:00 to 24:00");
    if (blackout.days.length === 0) throw wrong(`${place}/days`, "names no day; leave it out for all days");
  }
  unique(policy.blackout, "/blackout");
  for (const [index, rule] of policy.moments.entries()) checkRule(rule, index, calendar);
  unique(policy.moments, "/moments");
  const stood = new Set(before?.policy.moments.map(textOf));
  const sameBlackout = before !== null && textOf(before.policy.blackout) === textOf(policy.blackout);
  for (const [index, rule] of policy.moments.entries()) {
    if (!stood.has(textOf(rule))) checkComes(policy, rule, index, now, calendar);
    else if (!sameBlackout) checkLeft(policy, rule, index, now, calendar);
  }
}

function checkFilters({ filters }: Policy): void {
  for (const list of ["include", "exclude"] as const) {
    within(`/filters/${list}`, filters[list].length, 0, MAX_FILTERS, "patterns");
    for (const [index, pattern] of filters[list].entries())
      at(`/filters/${list}/${index}`, () => checkPattern(pattern));
  }
}

function checkNumbers({ moments, blackout, objective, priority, bandwidthBytesPerSecond }: Policy): void {
  within("/moments", moments.length, 0, MAX_MOMENT_RULES, "rules");
  within("/blackout", blackout.length, 0, MAX_BLACKOUTS, "blackouts");
  within("/priority", priority, 0, MAX_PRIORITY, "");
  if (objective) within("/objective/rpo", objective.rpoMs, MIN_RPO_MS, MAX_RPO_MS, "ms");
  if (bandwidthBytesPerSecond !== null)
    within("/bandwidth", bandwidthBytesPerSecond, MIN_BANDWIDTH, MAX_BANDWIDTH, "bytes per second");
}

function checkRule(rule: MomentRule, index: number, calendar: Calendar): void {
  const place = `/moments/${index}`;
  if (rule.kind === "every") within(`${place}/every`, rule.everyMs, MIN_EVERY_MS, MAX_EVERY_MS, "ms");
  if (rule.kind !== "cron") return;
  at(`${place}/zone`, () => checkZone(rule.zone, calendar));
  at(`${place}/cron`, () => parseCron(rule.cron));
}

/** A rule that can give nothing any more is a slip, not a wish. */
function checkComes(policy: Policy, rule: MomentRule, index: number, now: Instant, calendar: Calendar): void {
  const place = `/moments/${index}`;
  const next = ruledBy([rule], calendar).next(now);
  if (next === null && rule.kind === "at") {
    const late = `${formatInstant(rule.at)} is past; it is ${formatInstant(now)} now`;
    throw wrong(`${place}/at`, `${late}: take the line out, or enter a later instant`, "moment-past");
  }
  if (next === null && rule.kind === "cron") {
    const never = `'${rule.cron}' never comes: no such date within ${CRON_SEARCH_YEARS} years`;
    throw wrong(`${place}/cron`, `${never}; correct the day or the month`);
  }
  const covered = coveredFrom(policy, rule, now, calendar);
  if (covered === null) return;
  throw wrong(
    `${place}/${rule.kind}`,
    `all its moments lie in a blackout, ${formatInstant(covered)} first: none would ever be taken; narrow spec.policy.blackout or move the moments`,
  );
}

/** A rule that stood already gives moments still, if it gave any before the blackouts were edited. */
function checkLeft(policy: Policy, rule: MomentRule, index: number, now: Instant, calendar: Calendar): void {
  const covered = coveredFrom(policy, rule, now, calendar);
  if (covered === null) return;
  throw wrong(
    "/blackout",
    `leaves spec.policy.moments[${index}] no moment, ${formatInstant(covered)} first: none would ever be taken; narrow it, or take out or move that rule`,
  );
}

/** The first of a rule's moments to come when blackouts cover all of them; null when one is left, or none comes anyway. */
function coveredFrom(
  { blackout }: Policy,
  rule: MomentRule,
  now: Instant,
  calendar: Calendar,
): Instant | null {
  const next = ruledBy([rule], calendar).next(now);
  return next === null || momentsOf({ moments: [rule], blackout }, calendar).next(now) !== null ? null : next;
}

function unique(items: readonly object[], place: string): void {
  const seen = new Map<string, number>();
  for (const [index, item] of items.entries()) {
    const text = textOf(item);
    const first = seen.get(text);
    if (first !== undefined)
      throw wrong(`${place}/${index}`, `is the same as ${place.slice(1)}[${first}]; take one of them out`);
    seen.set(text, index);
  }
}

function textOf(item: object): string {
  return canonical(item as unknown as Json);
}

function within(place: string, value: number, min: number, max: number, unit: string): void {
  if (value >= min && value <= max && Number.isInteger(value)) return;
  throw wrong(place, `${value} ${unit}`.trim() + `; a whole number from ${min} to ${max} may stand there`);
}

function at(place: string, check: () => unknown): void {
  try {
    check();
  } catch (thrown) {
    if (!(thrown instanceof CoevalError)) throw thrown;
    throw wrong(place, thrown.message, thrown.code);
  }
}

function wrong(place: string, why: string, code: ErrorCode = "bad-input"): CoevalError {
  const readable = `spec.policy${place.replaceAll(/\/(\d+)/g, "[$1]").replaceAll("/", ".")}`;
  return new CoevalError(code, `${readable}: ${why}`, { pointer: `/spec/policy${place}` });
}
