/** What accepting something changes in production, and what forbids it. */
import type { Finding } from "@coeval/core/ports/source";
import { z } from "zod";
import { nameText } from "./fields.ts";
import { named } from "./registry.ts";

/** One finding, on one of the service's clusters. */
export const findingResource = named(
  "Finding",
  z.object({
    cluster: nameText,
    set: z.string().nullable().describe("the data set; null concerns all"),
    level: z.enum(["blocks", "warns", "tells"]),
    code: z.string(),
    text: z.string(),
    command: z.string().optional().describe("the exact command that mends it"),
  }),
);
export type FindingResource = z.infer<typeof findingResource>;

/** The domain's finding with the cluster it was found on. */
export function findingOf(finding: Finding & { readonly cluster: string }): FindingResource {
  const { cluster, set, level, code, text, command } = finding;
  return { cluster, set, level, code, text, ...(command === undefined ? {} : { command }) };
}
