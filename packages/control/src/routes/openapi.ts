/** The API's own description, OpenAPI 3.1, made from the schemas of the contract. */
import { anyJson } from "@coeval/contract/api/call";
import { PROBLEM_TYPE } from "@coeval/contract/api/problem";
import swagger, { type SwaggerTransformObject } from "@fastify/swagger";
import { jsonSchemaTransform, jsonSchemaTransformObject } from "fastify-type-provider-zod";
import type { Api } from "./deps.ts";

export async function registerOpenApi(api: Api): Promise<void> {
  const whole: SwaggerTransformObject = (document) =>
    completed(jsonSchemaTransformObject(document) as Described) as ReturnType<SwaggerTransformObject>;
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
    transform: jsonSchemaTransform,
    transformObject: whole,
  });
  api.get(
    "/api/v1/openapi.json",
    { schema: { hide: true, response: { 200: anyJson } }, config: { access: "public" } },
    async () => api.swagger(),
  );
}

interface Described {
  paths?: Record<string, Record<string, { responses?: Record<string, unknown> }>>;
  components?: { schemas?: Record<string, unknown> };
}

/** Adds to every operation that it may fail, and drops the schemas that nothing names. */
function completed(document: Described): Described {
  const problem = {
    description: "A refusal or a failure",
    content: { [PROBLEM_TYPE]: { schema: { $ref: "#/components/schemas/Problem" } } },
  };
  const paths = Object.fromEntries(
    Object.entries(document.paths ?? {}).map(([path, operations]) => [
      path,
      Object.fromEntries(
        Object.entries(operations).map(([method, operation]) => [
          method,
          { ...operation, responses: { ...operation.responses, default: problem } },
        ]),
      ),
    ]),
  );
  const schemas = document.components?.schemas ?? {};
  const used = new Set<string>();
  const visit = (value: unknown): void => {
    for (const [, name = ""] of JSON.stringify(value).matchAll(/"#\/components\/schemas\/(\w+)"/g)) {
      if (used.has(name)) continue;
      used.add(name);
      visit(schemas[name] ?? null);
    }
  };
  visit(paths);
  const kept = Object.fromEntries(Object.entries(schemas).filter(([name]) => used.has(name)));
  return { ...document, paths, components: { ...document.components, schemas: kept } };
}
