/** `limits.yaml`: what an agent may do on its cluster, as its administrator writes it. */
import { CoevalError } from "@coeval/core/errors";
import { checkPath } from "@coeval/core/model/path";
import { z } from "zod";
import { bandwidthText } from "./bandwidth.ts";
import { durationText } from "./fields.ts";

/** Transfers at a time that an agent may be set to. */
const TRANSFERS_MAX = 1000;
/** Points that an agent may be set to keep. */
const KEEP_POINTS_MAX = 65_536;
/** A hundred years. */
const KEEP_AGE_MS_MAX = 36_525 * 86_400_000;
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
  /** What all its transfers together may take, sent and received, as `50MB/s`; without it what the links give. */
  bandwidth: bandwidthText.optional(),
  /** What is never deleted from here, whoever asks: so many sealed points of each service, and every point until it has this age. */
  keep: z
    .strictObject({
      points: z.number().int().min(0).max(KEEP_POINTS_MAX).optional(),
      age: durationText(0, KEEP_AGE_MS_MAX).optional(),
    })
    .optional(),
  /** Transfers that move data at a time; the others wait, by priority, then by moment. */
  transfers: z.number().int().min(1).max(TRANSFERS_MAX).optional(),
});
export type LimitsDocument = z.infer<typeof limitsDocument>;
