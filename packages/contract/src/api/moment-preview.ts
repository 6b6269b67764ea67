/** The next moments of a service, as the API gives them. */
import { formatInstant } from "@coeval/core/model/instant";
import { PREVIEW_MAX, type Previewed } from "@coeval/core/protect/preview";
import { z } from "zod";
import { instantText, listOf } from "./fields.ts";
import { named } from "./registry.ts";

/** One moment to come. */
export const momentPreview = named(
  "MomentPreview",
  z.object({
    moment: instantText,
    local: z.string().describe("what the clocks of the zone show then, with their offset"),
    zone: z.string(),
    occurrence: z
      .enum(["once", "first", "second", "skipped"])
      .describe(
        "first, second: the clocks show this time twice · skipped: taken for a time that the clocks skip",
      ),
    blackedOut: z.boolean().describe("it lies in a blackout: not taken, and not missed"),
  }),
);
export type MomentPreview = z.infer<typeof momentPreview>;

/** The next moments, in order. */
export const momentPreviews = named("MomentPreviews", listOf(momentPreview));

/** Moments shown when no number is asked for. */
const PREVIEW_DEFAULT = 10;

/** How many to show. */
export const previewQuery = z.object({
  count: z.coerce.number().int().min(1).max(PREVIEW_MAX).default(PREVIEW_DEFAULT),
});

/** The API's form of a previewed moment. */
export function momentPreviewOf({ moment, local, zone, occurrence, blackedOut }: Previewed): MomentPreview {
  return { moment: formatInstant(moment), local, zone, occurrence, blackedOut };
}
