/** Services as the API shows them: the definition with how well it is protected. */
import type { ServiceResource, ServiceStatus } from "@coeval/contract/api/service";
import { serviceDocumentOf } from "@coeval/contract/api/service-document";
import { formatInstant } from "@coeval/core/model/instant";
import type { ServiceRecord } from "../services.ts";
import type { ServiceStatus as Known } from "../status.ts";

export function showService(record: ServiceRecord, known: Known | undefined): ServiceResource {
  const document = serviceDocumentOf(record.service);
  return {
    ...document,
    metadata: { name: record.service.name, revision: String(record.version) },
    status: showServiceStatus(known),
  };
}

export function showServiceStatus(known: Known | undefined): ServiceStatus {
  const { lastPoint, activeRun, lastFailure } = known ?? {
    lastPoint: null,
    activeRun: null,
    lastFailure: null,
  };
  return {
    state: lastFailure ? "failing" : lastPoint ? "protected" : "unprotected",
    cause: lastFailure ? `${lastFailure.run}: ${lastFailure.cause.message}` : null,
    points: known?.points ?? 0,
    lastPoint: lastPoint
      ? { id: lastPoint.id, moment: formatInstant(lastPoint.moment), grade: { ...lastPoint.grade } }
      : null,
    rpoMs: known?.rpoMs ?? null,
    activeRun: activeRun
      ? { id: activeRun.id, phase: activeRun.phase, moment: formatInstant(activeRun.moment) }
      : null,
  };
}
