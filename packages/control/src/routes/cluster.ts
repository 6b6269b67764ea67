/** Clusters: registered and removed by administrators; each caller sees those that their scopes name. */
import { covers } from "@coeval/contract/api/access";
import { enrolAgent, enrolment } from "@coeval/contract/api/agent";
import { clusterParams, idempotencyHeaders, ifMatchHeaders, nothing } from "@coeval/contract/api/call";
import { clusterList, clusterResource } from "@coeval/contract/api/cluster";
import { checkedCluster } from "@coeval/contract/api/cluster-check";
import { clusterDocument, clusterOf } from "@coeval/contract/api/cluster-document";
import { writeEnrolmentToken } from "@coeval/contract/api/enrolment-token";
import { CoevalError } from "@coeval/core/errors";
import { formatInstant } from "@coeval/core/model/instant";
import { callOf, liesOf, mayKnow, maySee, requireCluster } from "../auth/caller.ts";
import type { Api, ApiDeps } from "./deps.ts";
import { conditionOf, etagOf } from "./etag.ts";
import { callerOf } from "./guard.ts";
import { once, refuseKey, sendAnswer } from "./once.ts";
import { showCheck, showCluster } from "./show-cluster.ts";

const tags = ["clusters"];

export function clusterRoutes(api: Api, deps: ApiDeps): void {
  const { control } = deps;
  api.get(
    "/api/v1/clusters",
    { schema: { tags, response: { 200: clusterList } }, config: { access: "viewer" } },
    async (request) => {
      const caller = callerOf(request);
      const views = await control.clusters.list();
      return { items: views.filter((view) => mayKnow(caller, view.cluster.name)).map(showCluster) };
    },
  );
  api.get(
    "/api/v1/clusters/:cluster",
    {
      schema: { tags, params: clusterParams, response: { 200: clusterResource } },
      config: { access: "viewer" },
    },
    async (request, reply) => {
      requireCluster(callerOf(request), request.params.cluster);
      const view = await control.clusters.get(request.params.cluster);
      void reply.header("etag", etagOf(view.version));
      return showCluster(view);
    },
  );
  api.post(
    "/api/v1/clusters",
    {
      schema: {
        tags,
        headers: idempotencyHeaders,
        body: clusterDocument,
        response: { 201: clusterResource },
      },
      config: { access: "administrator" },
    },
    async (request, reply) => {
      const cluster = clusterOf(request.body);
      requireCluster(callerOf(request), cluster.name);
      const answer = await once(
        deps,
        request,
        (call) => control.clusters.add(call, cluster),
        (view) => ({ status: 201, location: `/api/v1/clusters/${cluster.name}`, body: showCluster(view) }),
      );
      return sendAnswer(reply, answer);
    },
  );
  checking(api, deps);
  removal(api, deps);
  enrolments(api, deps);
}

function checking(api: Api, { control, options }: ApiDeps): void {
  api.post(
    "/api/v1/clusters/:cluster/check",
    {
      schema: { tags, params: clusterParams, response: { 200: checkedCluster } },
      config: { access: "viewer" },
    },
    async (request) => {
      const caller = callerOf(request);
      const { cluster } = request.params;
      requireCluster(caller, cluster);
      const checked = await control.clusters.check(cluster, {
        own: options.version,
        maySee: (service) => maySee(caller, liesOf(service)),
        mayKnow: (name) => mayKnow(caller, name),
        mayReach: (path) => covers(caller.scopes, cluster, path),
      });
      return showCheck(checked);
    },
  );
}

function removal(api: Api, { control }: ApiDeps): void {
  api.delete(
    "/api/v1/clusters/:cluster",
    {
      schema: { tags, params: clusterParams, headers: ifMatchHeaders, response: { 204: nothing } },
      config: { access: "administrator" },
    },
    async (request, reply) => {
      const caller = callerOf(request);
      const { cluster } = request.params;
      requireCluster(caller, cluster);
      const condition = conditionOf(request.headers);
      if (condition !== null && (await control.clusters.get(cluster)).version !== condition)
        throw new CoevalError("edited-meanwhile", `cluster ${cluster} is not of the revision named`);
      await control.clusters.remove(callOf(caller), cluster);
      return reply.code(204).send();
    },
  );
}

function enrolments(api: Api, { control, options }: ApiDeps): void {
  api.post(
    "/api/v1/clusters/:cluster/enrolments",
    {
      schema: { tags, params: clusterParams, body: enrolAgent, response: { 201: enrolment } },
      config: { access: "administrator" },
    },
    async (request, reply) => {
      refuseKey(request);
      const caller = callerOf(request);
      requireCluster(caller, request.params.cluster);
      const made = await control.clusters.enroll(callOf(caller), request.params.cluster, request.body.agent);
      const token = writeEnrolmentToken({ ...made, control: options.linkAddress ?? control.linkAddress });
      void reply.code(201).header("cache-control", "no-store");
      return { cluster: made.cluster, agent: made.agent, token, expiresAt: formatInstant(made.expiresAt) };
    },
  );
}
