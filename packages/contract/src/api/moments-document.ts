/** When a service is protected, as a document says it: moments and blackouts. Zones are judged where a calendar is, at apply. */
import { CRON_CHARS_MAX, parseCron } from "@coeval/core/model/cron";
import { formatInstant, parseInstant } from "@coeval/core/model/instant";
import {
  type Blackout,
  MAX_EVERY_MS,
  MIN_EVERY_MS,
  type MomentRule,
  WEEKDAYS,
} from "@coeval/core/model/policy";
import { ZONE_CHARS_MAX } from "@coeval/core/model/zone";
import { z } from "zod";
import { formatDuration, parseDuration } from "./duration.ts";
import { closed, durationText, refuse, refuseBy } from "./fields.ts";

const MINUTES_PER_DAY = 1440;

const zoneText = z
  .string()
  .min(1, "must not be empty; write it as Europe/Berlin, or UTC")
  .max(ZONE_CHARS_MAX)
  .describe("a name of the IANA database, as Europe/Berlin, or UTC");

const enteredInstant = z
  .string()
  .max(40)
  .superRefine((text, context) => refuseBy(context, () => parseInstant(text)));

const cronText = z
  .string()
  .max(CRON_CHARS_MAX)
  .superRefine((text, context) => refuseBy(context, () => parseCron(text)));

/** One of `at`, `every`, `cron`, with what belongs to it. */
export const momentRuleDocument = closed({
  at: enteredInstant.optional().describe("once, at this instant"),
  every: durationText(MIN_EVERY_MS, MAX_EVERY_MS).optional().describe("again and again, as 30s or 15m"),
  anchor: enteredInstant
    .optional()
    .describe(
      "the first moment of `every`; default: counted from 1970-01-01T00:00:00Z, so 15m is on the quarter",
    ),
  cron: cronText.optional().describe("minute hour day-of-month month weekday, as 0 2 * * *"),
  zone: zoneText.optional().describe("whose clocks `cron` means; has no default"),
}).superRefine((rule, context) => {
  const said = (["at", "every", "cron"] as const).filter((kind) => rule[kind] !== undefined);
  if (said.length === 0) refuse(context, "bad-input", "says no moment; say at, every or cron");
  else if (said.length > 1)
    refuse(context, "bad-input", `says ${said.join(" and ")}; make it ${said.length} entries of the list`);
  if (rule.cron !== undefined && rule.zone === undefined)
    refuse(
      context,
      "bad-input",
      "is missing; name the zone whose clocks are meant, as Europe/Berlin, or UTC",
      ["zone"],
    );
  if (rule.cron === undefined && rule.zone !== undefined)
    refuse(context, "bad-input", "belongs to cron; at and every are told in UTC", ["zone"]);
  if (rule.every === undefined && rule.anchor !== undefined)
    refuse(context, "bad-input", "belongs to every", ["anchor"]);
});
type MomentRuleDocument = z.infer<typeof momentRuleDocument>;

const timeText = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, "is no time of day; write it as 22:00");

/** A window of local time in which no moment is due. */
export const blackoutDocument = closed({
  from: timeText
    .refine((text) => text !== "24:00", "24:00 ends a day; say 00:00 and the day after")
    .describe("the first minute within, as 22:00"),
  to: timeText.describe(
    "the first minute that is within no more; before `from` it is the next day's, 24:00 ends a day",
  ),
  days: z
    .array(z.enum(WEEKDAYS))
    .min(1)
    .max(WEEKDAYS.length)
    .optional()
    .describe("the days on which it begins; default: all"),
  zone: zoneText,
}).superRefine(({ from, to, days }, context) => {
  if (from === to)
    refuse(context, "bad-input", "ends when it begins; for a whole day say from 00:00 to 24:00", ["to"]);
  const twice = days?.findIndex((day, index) => days.indexOf(day) < index) ?? -1;
  if (twice >= 0) refuse(context, "bad-input", "stands there twice; take one out", ["days", twice]);
});
type BlackoutDocument = z.infer<typeof blackoutDocument>;

/** The domain's rule of one that was read by the schema. */
export function momentRuleOf({ at, every, anchor, cron, zone }: MomentRuleDocument): MomentRule {
  if (at !== undefined) return { kind: "at", at: parseInstant(at) };
  if (cron !== undefined) return { kind: "cron", cron, zone: zone ?? "" };
  return {
    kind: "every",
    everyMs: parseDuration(every ?? "") ?? 0,
    anchor: anchor === undefined ? null : parseInstant(anchor),
  };
}

/** The document's form of a rule. */
export function momentRuleDocumentOf(rule: MomentRule): MomentRuleDocument {
  switch (rule.kind) {
    case "at":
      return { at: formatInstant(rule.at) };
    case "every": {
      const anchor = rule.anchor === null ? {} : { anchor: formatInstant(rule.anchor) };
      return { every: formatDuration(rule.everyMs), ...anchor };
    }
    case "cron":
      return { cron: rule.cron, zone: rule.zone };
  }
}

/** The domain's blackout of one that was read by the schema. */
export function blackoutOf({ from, to, days, zone }: BlackoutDocument): Blackout {
  const given = WEEKDAYS.filter((day) => days?.includes(day) ?? true);
  return { fromMinute: minuteOf(from), toMinute: minuteOf(to), days: given, zone };
}

/** The document's form of a blackout. */
export function blackoutDocumentOf({ fromMinute, toMinute, days, zone }: Blackout): BlackoutDocument {
  const some = days.length === WEEKDAYS.length ? {} : { days: [...days] };
  return { from: timeOf(fromMinute), to: timeOf(toMinute), ...some, zone };
}

function minuteOf(text: string): number {
  const minute = Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
  return Math.min(minute, MINUTES_PER_DAY);
}

function timeOf(minute: number): string {
  return [Math.floor(minute / 60), minute % 60].map((part) => String(part).padStart(2, "0")).join(":");
}
