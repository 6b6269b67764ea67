/** The API's own description, OpenAPI 3.1, made from the schemas of the contract. */
import { apiSchemas } from "@coeval/contract/api/registry";
import swagger from "@fastify/swagger";
import { createJsonSchemaTransform, createJsonSchemaTransformObject } from "fastify-type-provider-zod";
import { z } from "zod";
import type { Api } from "./deps.ts";

export async function registerOpenApi(api: Api): Promise<void> {
  await api.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "coeval",
        description:
          "Keeps the services of a Hadoop cluster recoverable on another cluster. Failures are problem documents (RFC 9457).",
        version: "1",
      },
      components: { securitySchemes: { token: { type: "http", scheme: "bearer" } } },
      security: [{ token: [] }],
    },
    transform: createJsonSchemaTransform({ schemaRegistry: apiSchemas }),
    transformObject: createJsonSchemaTransformObject({ schemaRegistry: apiSchemas }),
  });
  api.get(
    "/api/v1/openapi.json",
    { schema: { hide: true, response: { 200: z.unknown() } }, config: { access: "public" } },
    async () => api.swagger(),
  );
}
