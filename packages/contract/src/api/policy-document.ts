/** The policy of a service as its document says it. What is dangerous has no default; what may be left out is written out again. */
import {
  DEFAULT_PRIORITY,
  type Filters,
  MAX_BLACKOUTS,
  MAX_FILTER_CHARS,
  MAX_FILTERS,
  MAX_MOMENT_RULES,
  MAX_PRIORITY,
  MAX_RPO_MS,
  MAX_TOLERANCE_MS,
  MIN_RPO_MS,
  type Policy,
  policyDefaults,
} from "@coeval/core/model/policy";
import { z } from "zod";
import { bandwidthText, formatBandwidth, parseBandwidth } from "./bandwidth.ts";
import { formatDuration, parseDuration } from "./duration.ts";
import { closed, durationText } from "./fields.ts";
import {
  blackoutDocument,
  blackoutDocumentOf,
  blackoutOf,
  momentRuleDocument,
  momentRuleDocumentOf,
  momentRuleOf,
} from "./moments-document.ts";

const patterns = z.array(z.string().min(1).max(MAX_FILTER_CHARS)).max(MAX_FILTERS);

/** How a service is protected. */
export const policyDocument = closed({
  direction: z
    .enum(["push", "pull"])
    .describe(
      "who opens the connection for the data: push: the primary's agent dials and sends; pull: the secondary's agent dials and fetches",
    ),
  tolerance: closed({
    window: durationText(1, MAX_TOLERANCE_MS).describe(
      "how far the snapshots may lie after the moment, as 500ms",
    ),
    beyond: z.enum(["refuse", "mark"]).describe("what happens beyond the window; has no default"),
    openFiles: z
      .enum(["refuse", "mark"])
      .describe("the same for open files on a cluster that neither freezes nor tells them; has no default"),
  }),
  moments: z
    .array(momentRuleDocument)
    .max(MAX_MOMENT_RULES)
    .optional()
    .describe("when; an instant that several give is one moment; default: none, only by hand"),
  blackout: z
    .array(blackoutDocument)
    .max(MAX_BLACKOUTS)
    .optional()
    .describe("windows in which no moment is due; default: none"),
  objective: closed({
    rpo: durationText(MIN_RPO_MS, MAX_RPO_MS).describe(
      "the age that the last point's moment may have, as 15m",
    ),
  })
    .optional()
    .describe("what is aimed at and measured; default: nothing"),
  filters: closed({
    include: patterns
      .optional()
      .describe("what is kept, with the directories that lead there; default: everything"),
    exclude: patterns.optional().describe("what is left out of it; default: nothing"),
  })
    .optional()
    .describe(
      "patterns of paths in the data sets; what they leave out is never deleted, created or counted on either side",
    ),
  bandwidth: bandwidthText
    .optional()
    .describe("what a transfer takes at most, as 50MB/s; default: what the link gives"),
  priority: z
    .number()
    .int()
    .min(0)
    .max(MAX_PRIORITY)
    .optional()
    .describe(
      `who goes first where agent or link is the limit, the highest first; default: ${DEFAULT_PRIORITY}`,
    ),
});
type PolicyDocument = z.infer<typeof policyDocument>;

/** The domain's policy of a document that was read by the schema, with every default filled in. */
export function policyOf(document: PolicyDocument): Policy {
  const { direction, tolerance, moments, blackout, objective, filters, bandwidth, priority } = document;
  const { window, beyond, openFiles } = tolerance;
  return {
    direction,
    tolerance: { windowMs: parseDuration(window) ?? 0, beyond, openFiles },
    moments: moments?.map(momentRuleOf) ?? policyDefaults.moments,
    blackout: blackout?.map(blackoutOf) ?? policyDefaults.blackout,
    objective: objective ? { rpoMs: parseDuration(objective.rpo) ?? 0 } : policyDefaults.objective,
    filters: { include: filters?.include ?? [], exclude: filters?.exclude ?? [] },
    bandwidthBytesPerSecond:
      bandwidth === undefined ? policyDefaults.bandwidthBytesPerSecond : parseBandwidth(bandwidth),
    priority: priority ?? policyDefaults.priority,
  };
}

/** The document's form of a policy; only what stands for nothing is left out. */
export function policyDocumentOf(policy: Policy): PolicyDocument {
  const { windowMs, beyond, openFiles } = policy.tolerance;
  const { objective, filters, bandwidthBytesPerSecond } = policy;
  return {
    direction: policy.direction,
    tolerance: { window: formatDuration(windowMs), beyond, openFiles },
    moments: policy.moments.map(momentRuleDocumentOf),
    blackout: policy.blackout.map(blackoutDocumentOf),
    ...(objective === null ? {} : { objective: { rpo: formatDuration(objective.rpoMs) } }),
    ...filtersDocumentOf(filters),
    ...(bandwidthBytesPerSecond === null ? {} : { bandwidth: formatBandwidth(bandwidthBytesPerSecond) }),
    priority: policy.priority,
  };
}

/** Lists that say nothing are left out, and filters without lists. */
function filtersDocumentOf({ include, exclude }: Filters): Pick<PolicyDocument, "filters"> {
  if (include.length === 0 && exclude.length === 0) return {};
  return {
    filters: {
      ...(include.length === 0 ? {} : { include: [...include] }),
      ...(exclude.length === 0 ? {} : { exclude: [...exclude] }),
    },
  };
}
