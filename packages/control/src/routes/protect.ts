/** Protect: one moment of one service, now or at an instant. Answers 202 at once; the run is watched elsewhere. */
import { idempotencyHeaders, serviceParams } from "@coeval/contract/api/call";
import { parseDuration } from "@coeval/contract/api/duration";
import { runResource } from "@coeval/contract/api/run";
import { protectService } from "@coeval/contract/api/service";
import { parseInstant } from "@coeval/core/model/instant";
import { requireService } from "../auth/caller.ts";
import type { ProtectRequest } from "../protect-service.ts";
import type { Api, ApiDeps } from "./deps.ts";
import { callerOf } from "./guard.ts";
import { once, sendAnswer } from "./once.ts";
import { showRun } from "./show-run.ts";

export function protectRoutes(api: Api, deps: ApiDeps): void {
  const { control } = deps;
  api.post(
    "/api/v1/services/:service/protect",
    {
      schema: {
        tags: ["services"],
        params: serviceParams,
        headers: idempotencyHeaders,
        body: protectService,
        response: { 202: runResource },
      },
      config: { access: "operator" },
    },
    async (request, reply) => {
      const { service } = await control.services.get(request.params.service);
      requireService(callerOf(request), service);
      const asked: ProtectRequest = {
        service: service.name,
        at: momentOf(request.body.at),
        label: request.body.label ?? null,
      };
      const answer = await once(
        deps,
        request,
        (call) => control.protect(call, asked),
        (record) => ({ status: 202, location: `/api/v1/runs/${record.run.id}`, body: showRun(record) }),
      );
      return sendAnswer(reply, answer);
    },
  );
}

function momentOf(at: string | undefined): ProtectRequest["at"] {
  if (at === undefined) return "earliest";
  if (at.startsWith("+")) return { inMs: parseDuration(at.slice(1)) ?? 0 };
  return { instant: parseInstant(at) };
}
