/** Services as the API shows them: the definition with how well it is protected. */
import { pauseResourceOf } from "@coeval/contract/api/pause";
import type { ServiceResource, ServiceStatus } from "@coeval/contract/api/service";
import { serviceDocumentOf } from "@coeval/contract/api/service-document";
import { formatInstant } from "@coeval/core/model/instant";
import type { ServiceRecord } from "../services.ts";
import { behindMs, type ServiceStatus as Known } from "../status.ts";
import { orNull } from "./show-cluster.ts";
import { showMoment } from "./show-moment.ts";

export function showService(record: ServiceRecord, known: Known | undefined): ServiceResource {
  const document = serviceDocumentOf(record.service);
  return {
    ...document,
    metadata: { name: record.service.name, revision: String(record.version) },
    status: known ? showServiceStatus(known) : unknown,
  };
}

export function showServiceStatus(known: Known): ServiceStatus {
  const { lastPoint, lastFailure, objectiveMs } = known;
  return {
    state: stateOf(known),
    cause: lastFailure ? `${lastFailure.run}: ${lastFailure.cause.message}` : null,
    points: known.points,
    lastPoint: lastPoint
      ? { id: lastPoint.id, moment: formatInstant(lastPoint.moment), grade: { ...lastPoint.grade } }
      : null,
    uncovered: [...known.uncovered],
    rpoMs: known.rpoMs,
    objective: objectiveMs === null ? null : { rpoMs: objectiveMs, behindMs: behindMs(known) },
    nextMoment: orNull(known.nextMoment),
    lastMoment: known.lastMoment && showMoment(known.lastMoment),
    pause: known.pause && pauseResourceOf(known.pause),
    activeRun: showActive(known.activeRun),
  };
}

/** The worst word that fits. */
function stateOf(known: Known): ServiceStatus["state"] {
  if (known.lastFailure) return "failing";
  if (known.rpoMs === null) return "unprotected";
  if (behindMs(known) !== null) return "behind";
  return known.pause ? "paused" : "protected";
}

function showActive(run: Known["activeRun"]): ServiceStatus["activeRun"] {
  if (!run) return null;
  const { id, phase, forecast } = run;
  return {
    id,
    phase,
    moment: formatInstant(run.moment),
    forecast: forecast && { ...forecast, endsAt: formatInstant(forecast.endsAt) },
  };
}

/** Of a service that was applied this instant. */
const unknown: ServiceStatus = {
  state: "unprotected",
  cause: null,
  points: 0,
  lastPoint: null,
  uncovered: [],
  rpoMs: null,
  objective: null,
  nextMoment: null,
  lastMoment: null,
  pause: null,
  activeRun: null,
};
