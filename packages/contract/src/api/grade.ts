/** How well a moment was hit. */
import { z } from "zod";
import { countNumber, msNumber } from "./fields.ts";
import { named } from "./registry.ts";

/** core's Grade. */
export const gradeResource = named(
  "Grade",
  z.object({
    kind: z.enum(["exact", "within", "torn"]),
    spreadMs: msNumber.describe("between the earliest and the latest possible instant of the snapshots"),
    windowMs: msNumber.describe("the latest possible instant after the moment"),
    byMs: msNumber.describe("beyond the tolerance by this; 0 unless torn"),
  }),
);
export type GradeResource = z.infer<typeof gradeResource>;

/** What is known of files that were open at the moment. */
export const openFilesResource = named(
  "OpenFiles",
  z.object({ kind: z.enum(["frozen", "listed", "unknown"]), count: countNumber }),
);

/** True when a point is less than what was asked for: outside the tolerance, or with files that went on growing. */
export function isBelowAsked(
  grade: z.infer<typeof gradeResource>,
  openFiles: z.infer<typeof openFilesResource>,
): boolean {
  return grade.kind === "torn" || openFiles.kind === "unknown";
}
