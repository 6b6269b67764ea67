/** Runs: listed, watched, cancelled, tried again. */
import { eventHeaders, idempotencyHeaders, runParams, textStream } from "@coeval/contract/api/call";
import { pageQueryOnly } from "@coeval/contract/api/fields";
import { runLogPage, runPage, runQuery, runResource } from "@coeval/contract/api/run";
import { CoevalError } from "@coeval/core/errors";
import { formatInstant } from "@coeval/core/model/instant";
import { callOf, liesOf, maySee, requireService, requireSight } from "../auth/caller.ts";
import type { ProtectRequest } from "../protect-service.ts";
import type { Api, ApiDeps } from "./deps.ts";
import { createEventStreams } from "./event-stream.ts";
import { callerOf } from "./guard.ts";
import { once, sendAnswer } from "./once.ts";
import { showRun } from "./show-run.ts";
import { watchRun } from "./watch-run.ts";

const tags = ["runs"];

export function runRoutes(api: Api, deps: ApiDeps): void {
  const { control } = deps;
  api.get(
    "/api/v1/runs",
    { schema: { tags, querystring: runQuery, response: { 200: runPage } }, config: { access: "viewer" } },
    async (request) => {
      const caller = callerOf(request);
      const { items, next } = await control.runs.list(request.query);
      return { items: items.filter(({ run }) => maySee(caller, liesOf(run.service))).map(showRun), next };
    },
  );
  api.get(
    "/api/v1/runs/:run",
    { schema: { tags, params: runParams, response: { 200: runResource } }, config: { access: "viewer" } },
    async (request) => {
      const record = await control.runs.get(request.params.run);
      requireSight(callerOf(request), liesOf(record.run.service));
      return showRun(record);
    },
  );
  api.get(
    "/api/v1/runs/:run/logs",
    {
      schema: { tags, params: runParams, querystring: pageQueryOnly, response: { 200: runLogPage } },
      config: { access: "viewer" },
    },
    async (request) => {
      const { run } = await control.runs.get(request.params.run);
      requireSight(callerOf(request), liesOf(run.service));
      const { items, next } = await control.runs.logs(run.id, request.query);
      return { items: items.map(({ at, text }) => ({ at: formatInstant(at), text })), next };
    },
  );
  cancelling(api, deps);
  retrying(api, deps);
  watching(api, deps);
}

function cancelling(api: Api, { control }: ApiDeps): void {
  api.post(
    "/api/v1/runs/:run/cancel",
    {
      schema: {
        tags,
        description: "A run that is sealing, ending or over stays as it is",
        params: runParams,
        response: { 200: runResource },
      },
      config: { access: "operator" },
    },
    async (request) => {
      const caller = callerOf(request);
      const { run } = await control.runs.get(request.params.run);
      requireService(caller, run.service);
      return showRun(await control.runs.cancel(callOf(caller), run.id));
    },
  );
}

function retrying(api: Api, deps: ApiDeps): void {
  const { control } = deps;
  api.post(
    "/api/v1/runs/:run/retry",
    {
      schema: {
        tags,
        description: "Protects the failed run's service again, as it is now, at the earliest moment",
        params: runParams,
        headers: idempotencyHeaders,
        response: { 202: runResource },
      },
      config: { access: "operator" },
    },
    async (request, reply) => {
      const { run } = await control.runs.get(request.params.run);
      const caller = callerOf(request);
      requireService(caller, run.service);
      if (run.phase !== "failed")
        throw new CoevalError("run-not-failed", `the run ${run.id} of ${run.service.name} is ${run.phase}`);
      const { service } = await control.services.get(run.service.name);
      requireService(caller, service);
      const asked: ProtectRequest = { service: service.name, at: "earliest", label: run.label };
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

function watching(api: Api, { control, world }: ApiDeps): void {
  const streams = createEventStreams(world.clock);
  api.get(
    "/api/v1/runs/:run/events",
    {
      schema: {
        tags,
        description: "Server-sent events: `run` with a RunEvent at each change; ends after the run is over",
        params: runParams,
        headers: eventHeaders,
        response: { 200: textStream },
      },
      config: { access: "viewer" },
    },
    async (request, reply) => {
      const { run } = await control.runs.get(request.params.run);
      requireSight(callerOf(request), liesOf(run.service));
      // Each event is the whole run, so whoever comes back needs none of those in between.
      return streams.open(reply, (cancel) =>
        watchRun(control, { ...world.clock, nowMs: control.clock.aboutMs }, run.id, cancel),
      );
    },
  );
}
