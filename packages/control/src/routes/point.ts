/** Recovery points: listed, shown with their certificate, checked again. */
import { pointParams, serviceParams } from "@coeval/contract/api/call";
import { certificateSchema } from "@coeval/contract/wire/certificate";
import { pageQueryOnly } from "@coeval/contract/api/fields";
import { pointFilePage, pointPage, pointResource, pointVerdict } from "@coeval/contract/api/point";
import { certificateSha256, checkCertificate } from "@coeval/core/model/certificate";
import type { RecoveryPoint } from "@coeval/core/model/recovery-point";
import { maySee, requireSight } from "../auth/caller.ts";
import type { Api, ApiDeps } from "./deps.ts";
import { callerOf } from "./guard.ts";
import { liesOfPoint, showFile, showPoint } from "./show-point.ts";

const tags = ["points"];

export function pointRoutes(api: Api, deps: ApiDeps): void {
  const { control } = deps;
  api.get(
    "/api/v1/services/:service/points",
    {
      schema: { tags, params: serviceParams, querystring: pageQueryOnly, response: { 200: pointPage } },
      config: { access: "viewer" },
    },
    async (request) => {
      const caller = callerOf(request);
      const { items, next } = await control.points.list(request.params.service, request.query);
      return { items: items.filter((point) => maySee(caller, liesOfPoint(point))).map(showPoint), next };
    },
  );
  api.get(
    "/api/v1/points/:point",
    { schema: { tags, params: pointParams, response: { 200: pointResource } }, config: { access: "viewer" } },
    async (request) => {
      const point = await control.points.get(request.params.point);
      requireSight(callerOf(request), liesOfPoint(point));
      return showPoint(point);
    },
  );
  api.get(
    "/api/v1/points/:point/certificate",
    {
      schema: { tags, params: pointParams, response: { 200: certificateSchema } },
      config: { access: "viewer" },
    },
    async (request) => {
      const point = await control.points.get(request.params.point);
      requireSight(callerOf(request), liesOfPoint(point));
      return point.certificate as ReturnType<typeof certificateSchema.parse>;
    },
  );
  contents(api, deps);
  verifying(api, deps);
}

function contents(api: Api, { control }: ApiDeps): void {
  api.get(
    "/api/v1/points/:point/files",
    {
      schema: {
        tags,
        description: "Every file and directory in the manifest's order",
        params: pointParams,
        querystring: pageQueryOnly,
        response: { 200: pointFilePage },
      },
      config: { access: "viewer" },
    },
    async (request) => {
      const point = await control.points.get(request.params.point);
      requireSight(callerOf(request), liesOfPoint(point));
      const { items, next } = await control.points.files(point.id, request.query);
      return { items: items.map(showFile), next };
    },
  );
}

function verifying(api: Api, deps: ApiDeps): void {
  api.post(
    "/api/v1/points/:point/verify",
    {
      schema: {
        tags,
        description:
          "Checks the certificate (hash, both signatures, place in the chain), and has the secondary's agent compare the sealed snapshot with the manifest",
        params: pointParams,
        response: { 200: pointVerdict },
      },
      config: { access: "viewer" },
    },
    async (request) => {
      const point = await deps.control.points.get(request.params.point);
      requireSight(callerOf(request), liesOfPoint(point));
      const own = await wrongWith(deps, point);
      const there = await deps.control.points.check(point.id);
      const wrong = [...own, ...there.wrong];
      const checked = ["the certificate's hash", "both agents' signatures", "its place in the chain"];
      return { ok: wrong.length === 0, checked: [...checked, ...there.checked], wrong };
    },
  );
}

async function wrongWith({ control, world }: ApiDeps, point: RecoveryPoint): Promise<string[]> {
  const before = point.certificate.body.previous;
  const previous = before === null ? null : (await control.points.get(before.point)).certificate;
  const wrong = checkCertificate(point.certificate, previous, world.hash, world.signatures);
  if (certificateSha256(world.hash, point.certificate) !== point.certificateSha256)
    wrong.push("the certificate is not the one that was sealed: its hash differs");
  return wrong;
}
