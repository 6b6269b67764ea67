/** Events: what changes, as server-sent events, resumable by Last-Event-ID. */
import { z } from "zod";
import { instantText } from "./fields.ts";
import { named } from "./registry.ts";
import { runResource } from "./run.ts";

/** The stream is not silent for longer than this: a comment line comes. */
export const HEARTBEAT_MS = 10_000;

/** One event of the general stream; the event's id is its number. */
export const changeEvent = named(
  "ChangeEvent",
  z.object({
    at: instantText,
    kind: z.string().describe("what happened, e.g. `run-phase`"),
    object: z.string().describe("to which thing, by name or id"),
    details: z.unknown(),
  }),
);
export type ChangeEvent = z.infer<typeof changeEvent>;

/** The events of a run's stream: the whole run each time, and the control device's now; after a run that is over the stream ends. */
export const runEvent = named("RunEvent", z.object({ now: instantText, run: runResource }));
export type RunEvent = z.infer<typeof runEvent>;
