/** Services as the API gives and takes them. */
import { z } from "zod";
import { resourceOf, revisionText } from "./envelope.ts";
import {
  closed,
  DOCUMENTS_MAX,
  idText,
  instantText,
  labelText,
  listOf,
  momentText,
  nameText,
} from "./fields.ts";
import { findingResource } from "./finding.ts";
import { gradeResource } from "./grade.ts";
import { named } from "./registry.ts";
import { runPhase } from "./run.ts";
import { serviceDocument, serviceSpec } from "./service-document.ts";

/** How well the service is protected now. */
export const serviceStatus = named(
  "ServiceStatus",
  z.object({
    state: z
      .enum(["protected", "unprotected", "failing"])
      .describe("unprotected: there is no point yet · failing: the last run that ended failed"),
    cause: z.string().nullable().describe("why the last run failed"),
    points: z.number().int(),
    lastPoint: z.object({ id: idText, moment: instantText, grade: gradeResource }).nullable(),
    rpoMs: z.number().nullable().describe("age of the last point's moment: what would be lost now"),
    activeRun: z.object({ id: idText, phase: runPhase, moment: instantText }).nullable(),
  }),
);
export type ServiceStatus = z.infer<typeof serviceStatus>;

/** One service. */
export const serviceResource = named("Service", resourceOf("Service", serviceSpec, serviceStatus));
export type ServiceResource = z.infer<typeof serviceResource>;

/** Every service that the caller's scopes reach. */
export const serviceList = named("ServiceList", listOf(serviceResource));

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
        revision: revisionText.nullable().describe("null for one that a dry run would create"),
      }),
    ),
  }),
);
export type AppliedServices = z.infer<typeof appliedServices>;

/** The findings of a service that exists. */
export const checkedService = named(
  "CheckedService",
  z.object({ blocked: z.boolean(), findings: z.array(findingResource) }),
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
