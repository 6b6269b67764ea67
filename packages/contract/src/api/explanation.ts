/** What a code of a problem document means, as its `type` address answers. */
import { type ErrorCode, errors } from "@coeval/core/errors";
import { z } from "zod";
import { named } from "./registry.ts";

/** The catalogue's entry. */
export const explanation = named(
  "Explanation",
  z.object({
    code: z.string(),
    status: z.number().int(),
    meaning: z.string(),
    retry: z.enum(["now", "later", "never"]),
    hint: z.string(),
  }),
);
export type Explanation = z.infer<typeof explanation>;

/** The entry of a code, or null for one that is none. */
export function explanationOf(code: string): Explanation | null {
  return Object.hasOwn(errors, code) ? { code, ...errors[code as ErrorCode] } : null;
}
