/** Pauses of a service, of a cluster, of everything. */
import { clusterParams, nothing, serviceParams } from "@coeval/contract/api/call";
import { parseDuration } from "@coeval/contract/api/duration";
import { pauseList, pauseRequest, pauseResource, pauseResourceOf } from "@coeval/contract/api/pause";
import { type Instant, parseInstant } from "@coeval/core/model/instant";
import { callOf, mayKnow, requireCluster, requireService } from "../auth/caller.ts";
import type { Api, ApiDeps } from "./deps.ts";
import { callerOf } from "./guard.ts";

const body = pauseRequest;
const begun = { 200: pauseResource };
const ended = { 204: nothing };

export function pauseRoutes(api: Api, deps: ApiDeps): void {
  const { control } = deps;
  api.get(
    "/api/v1/pauses",
    { schema: { tags: ["pauses"], response: { 200: pauseList } }, config: { access: "viewer" } },
    async (request) => {
      const caller = callerOf(request);
      const all = await control.pauses.list();
      const seen = all.filter(({ what, name }) => what !== "cluster" || mayKnow(caller, name));
      return { items: seen.map(pauseResourceOf) };
    },
  );
  ofService(api, deps);
  ofCluster(api, deps);
  ofAll(api, deps);
}

function ofService(api: Api, { control }: ApiDeps): void {
  const tags = ["services"];
  const config = { access: "operator" } as const;
  api.post(
    "/api/v1/services/:service/pause",
    { schema: { tags, params: serviceParams, body, response: begun }, config },
    async (request) => {
      const { service } = await control.services.get(request.params.service);
      requireService(callerOf(request), service);
      const asked = {
        what: "service",
        name: service.name,
        ...wanted(request.body, control.clock.aboutMs()),
      } as const;
      return pauseResourceOf(await control.pauses.pause(callOf(callerOf(request)), asked));
    },
  );
  api.post(
    "/api/v1/services/:service/resume",
    { schema: { tags, params: serviceParams, response: ended }, config },
    async (request, reply) => {
      const { service } = await control.services.get(request.params.service);
      requireService(callerOf(request), service);
      await control.pauses.resume(callOf(callerOf(request)), { what: "service", name: service.name });
      return reply.code(204).send();
    },
  );
}

function ofCluster(api: Api, { control }: ApiDeps): void {
  const tags = ["clusters"];
  const config = { access: "operator" } as const;
  api.post(
    "/api/v1/clusters/:cluster/pause",
    { schema: { tags, params: clusterParams, body, response: begun }, config },
    async (request) => {
      const name = request.params.cluster;
      requireCluster(callerOf(request), name);
      const asked = { what: "cluster", name, ...wanted(request.body, control.clock.aboutMs()) } as const;
      return pauseResourceOf(await control.pauses.pause(callOf(callerOf(request)), asked));
    },
  );
  api.post(
    "/api/v1/clusters/:cluster/resume",
    { schema: { tags, params: clusterParams, response: ended }, config },
    async (request, reply) => {
      const name = request.params.cluster;
      requireCluster(callerOf(request), name);
      await control.pauses.resume(callOf(callerOf(request)), { what: "cluster", name });
      return reply.code(204).send();
    },
  );
}

function ofAll(api: Api, { control }: ApiDeps): void {
  const tags = ["pauses"];
  const config = { access: "administrator" } as const;
  const all = { what: "all", name: "" } as const;
  api.post("/api/v1/pause", { schema: { tags, body, response: begun }, config }, async (request) => {
    const asked = { ...all, ...wanted(request.body, control.clock.aboutMs()) };
    return pauseResourceOf(await control.pauses.pause(callOf(callerOf(request)), asked));
  });
  api.post("/api/v1/resume", { schema: { tags, response: ended }, config }, async (request, reply) => {
    await control.pauses.resume(callOf(callerOf(request)), all);
    return reply.code(204).send();
  });
}

function wanted(
  { until, why }: { readonly until?: string | undefined; readonly why: string },
  now: Instant,
): { readonly until: Instant | null; readonly why: string } {
  if (until === undefined) return { until: null, why };
  if (until.startsWith("+")) return { until: now + (parseDuration(until.slice(1)) ?? 0), why };
  return { until: parseInstant(until), why };
}
