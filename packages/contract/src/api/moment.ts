/** What became of the moments of a service's policy, as the API gives it. */
import { z } from "zod";
import { countNumber, idText, instantText, pageOf } from "./fields.ts";
import { named } from "./registry.ts";

/** One moment that was. */
export const momentResource = named(
  "Moment",
  z.object({
    moment: instantText,
    fate: z
      .enum(["run", "missed", "paused"])
      .describe("run: a run took it, or tried to · missed: told, never taken later · paused: held back"),
    run: idText.nullable().describe("the run that took it"),
    cause: z.object({ code: z.string(), message: z.string() }).nullable().describe("why there is no run"),
    more: countNumber.describe("further moments of the same fate after this one, counted only"),
    at: instantText.describe("when that was known"),
  }),
);
export type MomentResource = z.infer<typeof momentResource>;

/** The newest first. */
export const momentPage = named("MomentPage", pageOf(momentResource));
