/**
 * The transfer: what the source's and the target's agent say to each other. Push and pull differ in who connects, and in nothing else.
 *
 *   dialler → `open`; listener → `opened`, or `finished` when it has heard the last word already, or `closed`
 *   source → `plan`; target → `planned`, or `finished` when it holds everything already
 *   for each file in any order, bounded in flight: source → `file`; target → `want` | `have`; source → bytes … `end`; target → `took`* `done`
 *   source → `changes` … `finish`; target → `finished`
 *   in a pull then source → `finished`: the last word is the listener's, and the dialler comes again until it has heard it
 *   either end → `closed`, with the reason, when it goes no further
 */
import type { Change } from "@coeval/core/protect/transfer";
import { z } from "zod";
import { entrySchema as entry } from "./entry.ts";
import { countField, failureField, idField, nameField, relativePathField, sha256Field } from "./fields.ts";
import { manifestSummarySchema, movedSummarySchema } from "./certificate.ts";

/** Files in flight at most. */
export const FILES_IN_FLIGHT_MAX = 64;
/** Content bytes of one file that may be under way unacknowledged by `took`. */
export const FILE_WINDOW_BYTES_MAX = 1024 * 1024;
/** Changes in one `changes` message; the sender also bounds its bytes. */
export const CHANGES_MAX = 500;

const at = z.object({ top: countField, relative: relativePathField });

/** One change of the plan, with digests. */
export const changeSchema = z.discriminatedUnion("kind", [
  z.object({ number: countField, kind: z.literal("put"), entry, at, replaces: z.boolean() }),
  z.object({ number: countField, kind: z.literal("attributes"), entry, before: entry }),
  z.object({ number: countField, kind: z.literal("delete"), before: entry }),
  z.object({
    number: countField,
    kind: z.literal("times"),
    entry,
    before: entry.nullable(),
    at: at.nullable(),
  }),
]) satisfies z.ZodType<Change>;

/** Every message of a transfer; which end may say which is in the head of this file. */
export const transferMessage = z.discriminatedUnion("say", [
  z.object({
    say: z.literal("open"),
    direction: z.enum(["push", "pull"]),
    run: idField,
    service: nameField,
    epoch: z.number().int().min(1),
    baseManifestSha256: sha256Field.nullable(),
  }),
  z.object({ say: z.literal("opened") }),
  z.object({ say: z.literal("closed"), failure: failureField }),
  z.object({ say: z.literal("plan"), moved: movedSummarySchema }),
  z.object({ say: z.literal("planned") }),
  z.object({ say: z.literal("file"), channel: countField, number: countField, entry, at }),
  z.object({ say: z.literal("want"), channel: countField }),
  z.object({ say: z.literal("have"), channel: countField, sha256: sha256Field }),
  z.object({ say: z.literal("end"), channel: countField, sha256: sha256Field }),
  z.object({ say: z.literal("took"), channel: countField, bytes: countField }),
  z.object({ say: z.literal("done"), channel: countField, sha256: sha256Field }),
  z.object({ say: z.literal("changes"), changes: z.array(changeSchema).max(CHANGES_MAX) }),
  z.object({ say: z.literal("finish"), manifest: manifestSummarySchema }),
  z.object({ say: z.literal("finished") }),
]);
export type TransferMessage = z.infer<typeof transferMessage>;
