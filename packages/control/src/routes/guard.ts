/** Stands before every route: who calls, whether not too often, and whether their role allows it. A route without a word on access is refused. */
import type { AccessRole } from "@coeval/contract/api/access";
import { problemOf } from "@coeval/contract/api/problem";
import { CoevalError } from "@coeval/core/errors";
import type { FastifyReply, FastifyRequest } from "fastify";
import { type Caller, requireRole, whoIs } from "../auth/caller.ts";
import { createRateLimit } from "../auth/rate-limit.ts";
import type { Api, ApiDeps } from "./deps.ts";
import { sendProblem } from "./problem-reply.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** The least role that may call, or `public`: no token is asked for. */
    access?: AccessRole | "public";
  }
  interface FastifyRequest {
    /** Set on every route that is not public. */
    caller: Caller | null;
  }
}

export function guard(api: Api, { world, control, tokens }: ApiDeps): void {
  const limit = createRateLimit(world.clock);
  api.decorateRequest("caller", null);
  api.addHook("onRoute", (route) => {
    if (route.config?.access === undefined) throw new TypeError(`${route.url} does not say who may call it`);
  });
  api.addHook("onRequest", async (request, reply) => {
    const { access } = request.routeOptions.config;
    if (access === undefined || access === "public") return undefined;
    if (tooMany(limit.take(`address:${request.ip}`), reply)) return reply;
    const caller = await tokens.authenticate(bearerOf(request), request.ip);
    request.caller = caller;
    try {
      requireRole(caller, access);
    } catch (refusal) {
      if (request.method !== "GET" && request.method !== "HEAD") {
        const details = { call: `${request.method} ${request.url.slice(0, 500)}`, role: caller.role };
        await control.write((tx) => tx.audit(whoIs(caller), "call.refused", "api", details));
      }
      throw refusal;
    }
    return undefined;
  });
}

/** @throws TypeError on a public route: a defect. */
export function callerOf(request: FastifyRequest): Caller {
  if (request.caller === null) throw new TypeError("nobody is known to call");
  return request.caller;
}

function tooMany(waitSeconds: number, reply: FastifyReply): boolean {
  if (waitSeconds === 0) return false;
  void reply.header("retry-after", String(waitSeconds));
  const why = `wait ${waitSeconds} s before the next call`;
  sendProblem(reply, problemOf(new CoevalError("too-many-calls", why)));
  return true;
}

function bearerOf(request: FastifyRequest): string {
  const [scheme, value, ...rest] = (request.headers.authorization ?? "").split(" ");
  if (scheme?.toLowerCase() !== "bearer" || !value || rest.length > 0)
    throw new CoevalError("not-authenticated", "the call carries no token: authorization: Bearer …");
  return value;
}
