/** Pauses as the API gives and takes them: of a service, of a cluster's services, of everything. */
import { formatInstant } from "@coeval/core/model/instant";
import { type Pause, PAUSE_WHY_CHARS_MAX } from "@coeval/core/model/pause";
import { z } from "zod";
import { closed, instantText, listOf, momentText } from "./fields.ts";
import { named } from "./registry.ts";

/** Asks for a pause of what the address names. */
export const pauseRequest = named(
  "PauseRequest",
  closed({
    until: momentText.optional().describe("an instant, or +2h from now; without it until it is resumed"),
    why: z
      .string()
      .min(1, "must not be empty: say why, for whoever wonders where the moments are")
      .max(PAUSE_WHY_CHARS_MAX)
      .regex(/^\P{Cc}*$/u, "must not contain control characters"),
  }),
);
export type PauseRequest = z.infer<typeof pauseRequest>;

/** A pause. */
export const pauseResource = named(
  "Pause",
  z.object({
    what: z.enum(["service", "cluster", "all"]),
    name: z.string().describe("of the service or cluster; empty for all"),
    since: instantText,
    until: instantText.nullable().describe("null: until it is resumed"),
    why: z.string(),
    by: z.string().describe("who paused it"),
  }),
);
export type PauseResource = z.infer<typeof pauseResource>;

/** Everything that is paused now, oldest first. */
export const pauseList = named("PauseList", listOf(pauseResource));

/** The API's form of a pause and of who made it. */
export function pauseResourceOf(pause: Pause & { readonly by: string }): PauseResource {
  const { what, name, since, until, why, by } = pause;
  return {
    what,
    name,
    since: formatInstant(since),
    until: until === null ? null : formatInstant(until),
    why,
    by,
  };
}
