/** Am I safe? Everything on one page, with what is not as it should be first. */
import { type StatusResource, statusResource, type Trouble } from "@coeval/contract/api/status";
import { explain } from "@coeval/core/errors";
import { formatInstant } from "@coeval/core/model/instant";
import { type Caller, liesOf, mayKnow, maySee } from "../auth/caller.ts";
import { codeOf, type ClusterView } from "../cluster-view.ts";
import type { OwnClock, ServiceStatus, Status } from "../status.ts";
import type { Api, ApiDeps } from "./deps.ts";
import { callerOf } from "./guard.ts";
import { showClusterStatus } from "./show-cluster.ts";
import { showServiceStatus } from "./show-service.ts";

export function statusRoutes(api: Api, { control }: ApiDeps): void {
  api.get(
    "/api/v1/status",
    { schema: { tags: ["status"], response: { 200: statusResource } }, config: { access: "viewer" } },
    async (request) => {
      const caller = callerOf(request);
      const [status, records] = await Promise.all([control.status(), control.services.list()]);
      const seen = new Set(
        records.filter(({ service }) => maySee(caller, liesOf(service))).map(({ service }) => service.name),
      );
      return showStatus(status, seen, caller);
    },
  );
}

function showStatus(status: Status, seen: ReadonlySet<string>, caller: Caller): StatusResource {
  const services = status.services.filter((one) => seen.has(one.service));
  const clusters = status.clusters.filter((view) => mayKnow(caller, view.cluster.name));
  const troubles = [
    ...clockTroubles(status.clock),
    ...services.flatMap(serviceTroubles),
    ...clusters.flatMap(clusterTroubles),
  ];
  return {
    safe: troubles.length === 0,
    now: formatInstant(status.now),
    clockSource: status.clock.source,
    clock: showClock(status.clock),
    warnings: status.warnings
      .filter(({ cluster }) => mayKnow(caller, cluster))
      .map(({ cluster, text }) => ({ about: `cluster/${cluster}`, text })),
    troubles,
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

/** A source that nobody could read for so long will refuse moments soon. */
const UNREAD_MS_MAX = 30_000;

function clockTroubles({ source, failure, reading }: OwnClock): Trouble[] {
  if (failure === null || (reading && reading.ageMs <= UNREAD_MS_MAX)) return [];
  const since = reading ? `for ${Math.round(reading.ageMs / 1000)} s` : "yet";
  const text = `${source} could not be read ${since}: ${failure}`;
  return [{ about: "clock", text, hint: explain("clock-source").hint }];
}

function serviceTroubles(one: ServiceStatus): Trouble[] {
  const about = `service/${one.service}`;
  if (one.lastFailure) {
    const { cause, run } = one.lastFailure;
    return [{ about, text: `${run} failed: ${cause.message}`, hint: explain(cause.code).hint }];
  }
  if (one.lastPoint) return [];
  const hint = `coeval service protect ${one.service}`;
  return [{ about, text: "has no recovery point yet", hint }];
}

function clusterTroubles(view: ClusterView): Trouble[] {
  const { name } = view.cluster;
  const about = `cluster/${name}`;
  if (view.agent === null) return [{ about, text: "has no agent", hint: `coeval cluster enroll ${name}` }];
  const code = codeOf[view.state];
  if (code === null && view.clock === null && view.clockFailure !== null) {
    const text = `the shared clock could not be read yet: ${view.clockFailure}`;
    return [{ about, text, hint: explain("clock-source").hint }];
  }
  return code === null
    ? []
    : [{ about, text: view.cause ?? explain(code).meaning, hint: explain(code).hint }];
}
