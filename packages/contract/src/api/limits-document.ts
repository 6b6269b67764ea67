/** `limits.yaml`: what an agent may do on its cluster, as its administrator writes it. */
import { CoevalError } from "@coeval/core/errors";
import { checkPath } from "@coeval/core/model/path";
import { z } from "zod";

/** Directories in one list. */
const PREFIXES_MAX = 1000;

const prefix = z.string().transform((path, context) => {
  try {
    return path === "/" ? path : checkPath(path, "path");
  } catch (thrown) {
    if (!(thrown instanceof CoevalError)) throw thrown;
    context.addIssue({ code: "custom", message: thrown.message });
    return z.NEVER;
  }
});

export const limitsDocument = z.strictObject({
  /** Data sets below these may be snapshotted and read. */
  read: z.array(prefix).max(PREFIXES_MAX),
  /** Holding directories may lie below these. */
  write: z.array(prefix).max(PREFIXES_MAX),
});
export type LimitsDocument = z.infer<typeof limitsDocument>;
