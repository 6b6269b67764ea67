/** The REST API: a Fastify instance that is ready to listen, or to be asked with `inject`. */
import { BODY_BYTES_MAX } from "@coeval/contract/api/fields";
import type { World } from "@coeval/core/ports/world";
import Fastify, { type FastifyInstance } from "fastify";
import { serializerCompiler, type ZodTypeProvider } from "fastify-type-provider-zod";
import { createTokens } from "../auth/tokens.ts";
import type { Control } from "../control.ts";
import type { Api, ApiOptions } from "./deps.ts";
import { guard } from "./guard.ts";
import { registerOpenApi } from "./openapi.ts";
import { answerProblems } from "./problem-reply.ts";
import { registerRoutes } from "./register.ts";
import { validatorCompiler } from "./validator.ts";
import { refuseOtherMethods } from "./wrong-method.ts";

/** A request that has not wholly arrived by then is dropped. */
const REQUEST_MS_MAX = 30_000;
/** An idle connection is kept for the next call so long. */
const KEEP_ALIVE_MS = 72_000;

export async function createApi(
  world: World,
  control: Control,
  options: ApiOptions,
): Promise<FastifyInstance> {
  const { tls } = options;
  const server = Fastify({
    bodyLimit: BODY_BYTES_MAX,
    requestTimeout: REQUEST_MS_MAX,
    keepAliveTimeout: KEEP_ALIVE_MS,
    // Live views never end by themselves, so closing must end them.
    forceCloseConnections: true,
    onProtoPoisoning: "error",
    onConstructorPoisoning: "error",
    ...(tls ? { https: { key: tls.key, cert: tls.cert, minVersion: "TLSv1.2" } } : {}),
  } as object) as FastifyInstance;
  server.removeContentTypeParser("text/plain");
  server.setValidatorCompiler(validatorCompiler);
  server.setSerializerCompiler(serializerCompiler);
  const api = server.withTypeProvider<ZodTypeProvider>() as Api;
  const deps = { world, control, tokens: createTokens(world, control), options };
  answerProblems(api, world.log);
  guard(api, deps);
  const close = refuseOtherMethods(api);
  await registerOpenApi(api);
  registerRoutes(api, deps);
  close();
  await server.ready();
  return server;
}
