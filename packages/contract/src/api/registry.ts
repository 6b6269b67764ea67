/** The schemas that OpenAPI names: each registered once, at its definition. */
import { z } from "zod";

/** Read by the generator of the OpenAPI document. */
export const apiSchemas = z.registry<{ id?: string | undefined; description?: string | undefined }>();

/** Registers a schema under its OpenAPI name and returns it. */
export function named<Schema extends z.ZodType>(id: string, schema: Schema): Schema {
  apiSchemas.add(schema, { id });
  return schema;
}
