/** Checks requests by their Zod schemas; what is wrong comes back with every field's place. */
import { readBy } from "@coeval/contract/api/issues";
import { InputError, type InputPart } from "@coeval/contract/api/problem";
import type { FastifySchemaCompiler } from "fastify";

const PARTS: Readonly<Record<string, InputPart>> = {
  body: "body",
  querystring: "query",
  params: "params",
  headers: "header",
};

export const validatorCompiler: FastifySchemaCompiler<Parameters<typeof readBy>[0]> = ({
  schema,
  httpPart,
}) => {
  const part = PARTS[httpPart ?? "body"] ?? "body";
  return (data) => {
    const read = readBy(schema, data);
    return read.ok ? { value: read.value } : { error: new InputError(read.wrong, part) };
  };
};
