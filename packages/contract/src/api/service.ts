/** Services as the API gives and takes them. */
import { z } from "zod";
import { resourceOf, revisionText } from "./envelope.ts";
import {
  closed,
  DOCUMENTS_MAX,
  idText,
  instantText,
  labelText,
  momentText,
  nameText,
  pageOf,
} from "./fields.ts";
import { estimateResource } from "./estimate.ts";
import { findingResource } from "./finding.ts";
import { gradeResource } from "./grade.ts";
import { momentResource } from "./moment.ts";
import { pauseResource } from "./pause.ts";
import { named } from "./registry.ts";
import { runPhase } from "./run.ts";
import { serviceDocument, serviceSpec } from "./service-document.ts";

/** When the step that a run is in ends, at its pace until now. */
const forecastResource = named(
  "Forecast",
  z.object({
    endsAt: instantText.describe("of the running step; the point is sealed after that"),
    rpoBeforeMs: z.number().nullable().describe("what would be lost right before"),
    rpoAfterMs: z.number().describe("what would be lost at the least once the run's point is sealed"),
  }),
);

/** How well the service is protected now. */
export const serviceStatus = named(
  "ServiceStatus",
  z.object({
    state: z
      .enum(["protected", "unprotected", "failing", "behind", "paused"])
      .describe(
        "the worst that fits. failing: the last run that ended failed · unprotected: there is no point of all data sets yet · behind: the objective is missed · paused: no moment is taken",
      ),
    cause: z.string().nullable().describe("why the last run failed"),
    points: z.number().int(),
    lastPoint: z.object({ id: idText, moment: instantText, grade: gradeResource }).nullable(),
    uncovered: z
      .array(z.string())
      .describe("what the last point does not hold: names of data sets, paths that a pattern means"),
    rpoMs: z
      .number()
      .nullable()
      .describe(
        "age of the last point's moment: what would be lost now; null without a point of all data sets",
      ),
    objective: z
      .object({
        rpoMs: z.number(),
        behindMs: z.number().nullable().describe("beyond it by this; null: it is met, or there is no point"),
      })
      .nullable()
      .describe("what is aimed at"),
    nextMoment: instantText.nullable().describe("the policy's next; null when none comes"),
    lastMoment: momentResource.nullable().describe("what became of the policy's last moment"),
    pause: pauseResource.nullable().describe("what holds the service now"),
    activeRun: z
      .object({ id: idText, phase: runPhase, moment: instantText, forecast: forecastResource.nullable() })
      .nullable(),
  }),
);
export type ServiceStatus = z.infer<typeof serviceStatus>;

/** One service. */
export const serviceResource = named("Service", resourceOf("Service", serviceSpec, serviceStatus));
export type ServiceResource = z.infer<typeof serviceResource>;

/** By name; those that the caller's scopes reach. */
export const servicePage = named("ServicePage", pageOf(serviceResource));

/** Applies several documents at once: all of them or none. */
export const applyServices = named(
  "ApplyServices",
  closed({ services: z.array(serviceDocument).min(1).max(DOCUMENTS_MAX) }),
);

/** What an apply did, or with `dryRun` would do. */
export const appliedServices = named(
  "AppliedServices",
  z.object({
    dryRun: z.boolean(),
    blocked: z.boolean().describe("a finding forbids it; only after a dry run"),
    services: z.array(
      z.object({
        name: nameText,
        action: z.enum(["created", "changed", "unchanged"]),
        findings: z.array(findingResource),
        estimate: estimateResource
          .nullable()
          .optional()
          .describe("with `measure`; null when a data set could not be measured"),
        revision: revisionText.nullable().describe("null for one that a dry run would create"),
      }),
    ),
  }),
);
export type AppliedServices = z.infer<typeof appliedServices>;

/** The findings of a service that exists. */
export const checkedService = named(
  "CheckedService",
  z.object({
    blocked: z.boolean(),
    findings: z.array(findingResource),
    estimate: estimateResource.nullable().describe("null when a data set could not be measured"),
  }),
);

/** Asks for one moment. */
export const protectService = named(
  "ProtectService",
  closed({
    at: momentText
      .optional()
      .describe("an instant, or +3s from the control device's now; without it the earliest possible"),
    label: labelText.optional(),
  }),
);
export type ProtectService = z.infer<typeof protectService>;

/** What becomes of the recovery points when their service is deleted; has no default. */
export const deleteServiceQuery = z.object({
  points: z.enum(["keep", "delete"]).describe("what becomes of its recovery points"),
});
