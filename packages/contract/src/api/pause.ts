/** Pauses as the API gives and takes them. */
import { PAUSE_WHY_CHARS_MAX } from "@coeval/core/model/pause";
import { z } from "zod";
import { closed, instantText, listOf, momentText } from "./fields.ts";
import { named } from "./registry.ts";

/** A pause that lasts. */
export const pauseResource = named(
  "Pause",
  z.object({
    what: z.enum(["service", "cluster", "all"]),
    name: z.string().describe("of the service or cluster; empty for all"),
    since: instantText,
    until: instantText.nullable().describe("null: until somebody resumes it"),
    why: z.string(),
    by: z.string(),
  }),
);
export type PauseResource = z.infer<typeof pauseResource>;

/** Everything that is paused now. */
export const pauseList = named("PauseList", listOf(pauseResource));

/** Begins a pause, or replaces the one that lasts. */
export const beginPause = named(
  "BeginPause",
  closed({
    until: momentText.optional().describe("an instant, or +2h from now; without it until it is resumed"),
    why: z.string().min(1).max(PAUSE_WHY_CHARS_MAX).describe("shown wherever a moment is not taken for it"),
  }),
);
