/** Am I safe? Everything on one page, with what is not as it should be first. */
import { type StatusResource, statusResource } from "@coeval/contract/api/status";
import { formatInstant } from "@coeval/core/model/instant";
import { type Caller, liesOf, mayKnow, maySee } from "../auth/caller.ts";
import type { OwnClock, Status } from "../status.ts";
import type { Control } from "../control.ts";
import { troublesOf } from "../troubles.ts";
import type { Api, ApiDeps } from "./deps.ts";
import { callerOf } from "./guard.ts";
import { orNull, showClusterStatus } from "./show-cluster.ts";
import { showServiceStatus } from "./show-service.ts";

export function statusRoutes(api: Api, { control }: ApiDeps): void {
  api.get(
    "/api/v1/status",
    { schema: { tags: ["status"], response: { 200: statusResource } }, config: { access: "viewer" } },
    async (request) => showStatus(await statusFor(control, callerOf(request))),
  );
}

/** The status as far as the caller's scopes reach. */
export async function statusFor(control: Control, caller: Caller): Promise<Status> {
  const [status, records] = await Promise.all([control.status(), control.services.list()]);
  const seen = new Set(
    records.filter(({ service }) => maySee(caller, liesOf(service))).map(({ service }) => service.name),
  );
  return {
    ...status,
    services: status.services.filter((one) => seen.has(one.service)),
    clusters: status.clusters.filter((view) => mayKnow(caller, view.cluster.name)),
    warnings: status.warnings.filter(({ cluster }) => mayKnow(caller, cluster)),
  };
}

function showStatus(status: Status): StatusResource {
  const { services, clusters } = status;
  const troubles = troublesOf(status);
  return {
    safe: troubles.length === 0,
    now: formatInstant(status.now),
    clockSource: status.clock.source,
    clock: showClock(status.clock),
    warnings: status.warnings.map(({ cluster, text }) => ({ about: `cluster/${cluster}`, text })),
    troubles: troubles.map((one) => ({ ...one, since: orNull(one.since) })),
    services: services.map((one) => ({
      name: one.service,
      primary: one.primary,
      secondary: one.secondary,
      status: showServiceStatus(one),
    })),
    clusters: clusters.map((view) => ({ name: view.cluster.name, status: showClusterStatus(view) })),
  };
}

function showClock({ source, server, reading }: OwnClock): StatusResource["clock"] {
  return reading && { source, server, ...reading };
}
