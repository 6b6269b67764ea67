/** The schemas that OpenAPI names: each registered once, at its definition. */
import { z } from "zod";

/** Gives a schema its OpenAPI name and returns it; a description stays. */
export function named<Schema extends z.ZodType>(id: string, schema: Schema): Schema {
  z.globalRegistry.add(schema, { ...z.globalRegistry.get(schema), id });
  return schema;
}
