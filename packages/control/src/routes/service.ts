/** Services: applied all or none, examined before, deleted with a word on their points. */
import {
  applyQuery,
  idempotencyHeaders,
  ifMatchHeaders,
  nothing,
  serviceParams,
} from "@coeval/contract/api/call";
import { pageQueryOnly } from "@coeval/contract/api/fields";
import { findingOf } from "@coeval/contract/api/finding";
import {
  appliedServices,
  applyServices,
  checkedService,
  deleteServiceQuery,
  servicePage,
  serviceResource,
} from "@coeval/contract/api/service";
import { callOf, liesOf, maySee, requireRole, requireService, requireSight } from "../auth/caller.ts";
import { type ApplyRequest, applyAll } from "./apply-services.ts";
import type { Api, ApiDeps } from "./deps.ts";
import { conditionOf, etagOf } from "./etag.ts";
import { callerOf } from "./guard.ts";
import { sendAnswer } from "./once.ts";
import { showService } from "./show-service.ts";

const tags = ["services"];

export function serviceRoutes(api: Api, deps: ApiDeps): void {
  const { control } = deps;
  api.get(
    "/api/v1/services",
    {
      schema: { tags, querystring: pageQueryOnly, response: { 200: servicePage } },
      config: { access: "viewer" },
    },
    async (request) => {
      const caller = callerOf(request);
      const { items, next } = await control.services.page(request.query);
      const seen = items.filter((record) => maySee(caller, liesOf(record.service)));
      const status = await control.status(seen.map(({ service }) => service.name));
      const known = new Map(status.services.map((one) => [one.service, one]));
      return { items: seen.map((record) => showService(record, known.get(record.service.name))), next };
    },
  );
  api.get(
    "/api/v1/services/:service",
    {
      schema: { tags, params: serviceParams, response: { 200: serviceResource } },
      config: { access: "viewer" },
    },
    async (request, reply) => {
      const record = await control.services.get(request.params.service);
      requireSight(callerOf(request), liesOf(record.service));
      const [known] = (await control.status([record.service.name])).services;
      void reply.header("etag", etagOf(record.version));
      return showService(record, known);
    },
  );
  applying(api, deps);
  checking(api, deps);
  removal(api, deps);
}

function applying(api: Api, deps: ApiDeps): void {
  api.post(
    "/api/v1/services",
    {
      schema: {
        tags,
        querystring: applyQuery,
        headers: idempotencyHeaders,
        body: applyServices,
        response: { 200: appliedServices },
      },
      config: { access: "operator" },
    },
    async (request, reply) => {
      const asked: ApplyRequest = {
        documents: request.body.services,
        dryRun: request.query.dryRun === "true",
        measure: request.query.measure === "true",
      };
      return sendAnswer(reply, await applyAll(deps, request, asked));
    },
  );
}

function checking(api: Api, { control }: ApiDeps): void {
  api.post(
    "/api/v1/services/:service/check",
    {
      schema: { tags, params: serviceParams, response: { 200: checkedService } },
      config: { access: "viewer" },
    },
    async (request) => {
      const { service } = await control.services.get(request.params.service);
      requireSight(callerOf(request), liesOf(service));
      const { findings, blocked, estimate } = await control.services.check(service.name, { measure: true });
      return { blocked, findings: findings.map(findingOf), estimate };
    },
  );
}

function removal(api: Api, { control }: ApiDeps): void {
  api.delete(
    "/api/v1/services/:service",
    {
      schema: {
        tags,
        params: serviceParams,
        querystring: deleteServiceQuery,
        headers: ifMatchHeaders,
        response: { 204: nothing },
      },
      config: { access: "operator" },
    },
    async (request, reply) => {
      const caller = callerOf(request);
      const { service } = await control.services.get(request.params.service);
      requireService(caller, service);
      // What destroys points is not an operator's to decide alone.
      if (request.query.points === "delete") requireRole(caller, "approver");
      await control.services.remove(callOf(caller), service.name, {
        points: request.query.points,
        ifVersion: conditionOf(request.headers),
      });
      return reply.code(204).send();
    },
  );
}
