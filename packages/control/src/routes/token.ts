/** Tokens: only administrators make, see and revoke them; everybody may ask whose theirs is. */
import { nothing, tokenParams } from "@coeval/contract/api/call";
import { createdToken, createToken, tokenList, type TokenResource, whoAmI } from "@coeval/contract/api/token";
import { formatInstant } from "@coeval/core/model/instant";
import type { Token } from "@coeval/store/control/tokens";
import { whoIs } from "../auth/caller.ts";
import type { Api, ApiDeps } from "./deps.ts";
import { callerOf } from "./guard.ts";
import { refuseKey } from "./once.ts";

const tags = ["tokens"];

export function tokenRoutes(api: Api, { control, tokens, options }: ApiDeps): void {
  api.get(
    "/api/v1/me",
    { schema: { tags, response: { 200: whoAmI } }, config: { access: "viewer" } },
    async (request) => {
      const { token, name, role, scopes } = callerOf(request);
      return { token, name, role, scopes: [...scopes], control: control.id, version: options.version };
    },
  );
  api.post(
    "/api/v1/tokens",
    {
      schema: { tags, body: createToken, response: { 201: createdToken } },
      config: { access: "administrator" },
    },
    async (request, reply) => {
      refuseKey(request);
      const caller = callerOf(request);
      const { token, value } = await tokens.create(whoIs(caller), caller.role, request.body);
      void reply
        .code(201)
        .header("location", `/api/v1/tokens/${token.id}`)
        .header("cache-control", "no-store");
      return { ...showToken(token), value };
    },
  );
  api.get(
    "/api/v1/tokens",
    { schema: { tags, response: { 200: tokenList } }, config: { access: "administrator" } },
    async () => ({ items: (await tokens.list()).map(showToken) }),
  );
  api.delete(
    "/api/v1/tokens/:token",
    {
      schema: { tags, params: tokenParams, response: { 204: nothing } },
      config: { access: "administrator" },
    },
    async (request, reply) => {
      await tokens.revoke(whoIs(callerOf(request)), request.params.token);
      return reply.code(204).send();
    },
  );
}

function showToken(token: Token): TokenResource {
  return {
    id: token.id,
    name: token.name,
    role: token.role as TokenResource["role"],
    scopes: [...token.scopes],
    createdAt: formatInstant(token.createdAt),
    createdBy: token.createdBy,
    expiresAt: token.expiresAt === null ? null : formatInstant(token.expiresAt),
    revokedAt: token.revokedAt === null ? null : formatInstant(token.revokedAt),
  };
}
