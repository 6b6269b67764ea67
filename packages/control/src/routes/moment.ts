/** Moments of a service's policy: what became of them, which come next. */
import { serviceParams } from "@coeval/contract/api/call";
import { pageQueryOnly } from "@coeval/contract/api/fields";
import { momentPage } from "@coeval/contract/api/moment";
import { momentPreviewOf, momentPreviews, previewQuery } from "@coeval/contract/api/moment-preview";
import { liesOf, requireSight } from "../auth/caller.ts";
import type { Api, ApiDeps } from "./deps.ts";
import { callerOf } from "./guard.ts";
import { showMoment } from "./show-moment.ts";

const tags = ["services"];

export function momentRoutes(api: Api, { control }: ApiDeps): void {
  api.get(
    "/api/v1/services/:service/moments",
    {
      schema: { tags, params: serviceParams, querystring: pageQueryOnly, response: { 200: momentPage } },
      config: { access: "viewer" },
    },
    async (request) => {
      const { service } = await control.services.get(request.params.service);
      requireSight(callerOf(request), liesOf(service));
      const { items, next } = await control.moments.list(service.name, request.query);
      return { items: items.map(showMoment), next };
    },
  );
  api.get(
    "/api/v1/services/:service/moments/next",
    {
      schema: { tags, params: serviceParams, querystring: previewQuery, response: { 200: momentPreviews } },
      config: { access: "viewer" },
    },
    async (request) => {
      const { service } = await control.services.get(request.params.service);
      requireSight(callerOf(request), liesOf(service));
      const items = await control.moments.next(service.name, request.query.count);
      return { items: items.map(momentPreviewOf) };
    },
  );
}
