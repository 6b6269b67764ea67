/** Am I safe? Everything on one page, with what is not as it should be first. */
import { type StatusResource, statusResource, type Trouble } from "@coeval/contract/api/status";
import { explain } from "@coeval/core/errors";
import { formatInstant } from "@coeval/core/model/instant";
import { type Caller, liesOf, mayKnow, maySee } from "../auth/caller.ts";
import { codeOf, type ClusterView } from "../cluster-view.ts";
import type { ServiceStatus, Status } from "../status.ts";
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
  const troubles = [...services.flatMap(serviceTroubles), ...clusters.flatMap(clusterTroubles)];
  return {
    safe: troubles.length === 0,
    now: formatInstant(status.now),
    clockSource: status.clockSource,
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
  return code === null
    ? []
    : [{ about, text: view.cause ?? explain(code).meaning, hint: explain(code).hint }];
}
