/** What every document has around its `spec`. */
import { z } from "zod";
import { closed, nameText } from "./fields.ts";

/** The version of the document forms. */
export const API_VERSION = "coeval/v1";

/** How often the thing was changed, opaque; the `ETag` of the API. */
export const revisionText = z
  .string()
  .max(40)
  .regex(/^[0-9a-z-]+$/, "is no revision");

/**
 * A document of `kind`. A `status`, as the API gives it, may stand in it and is not read; a `revision`, when it stands there,
 * must be the one stored.
 */
export function documentOf<Kind extends string, Spec extends z.ZodType>(kind: Kind, spec: Spec) {
  return closed({
    apiVersion: z.literal(API_VERSION),
    kind: z.literal(kind),
    metadata: closed({ name: nameText, revision: revisionText.optional() }),
    spec,
    status: z.unknown().optional(),
  });
}

/** The same thing as the API gives it: with its revision and its status. */
export function resourceOf<Kind extends string, Spec extends z.ZodType, Status extends z.ZodType>(
  kind: Kind,
  spec: Spec,
  status: Status,
) {
  return z.object({
    apiVersion: z.literal(API_VERSION),
    kind: z.literal(kind),
    metadata: z.object({ name: nameText, revision: revisionText }),
    spec,
    status,
  });
}
