/** Runs: one moment of one service on its way to a recovery point. */
import { z } from "zod";
import {
  anyPath,
  countNumber,
  idText,
  instantText,
  msNumber,
  nameText,
  pageOf,
  pageQuery,
} from "./fields.ts";
import { gradeResource, openFilesResource } from "./grade.ts";
import { errorCode } from "./problem.ts";
import { named } from "./registry.ts";

/** The phases in their order; the last two end a run that failed. */
export const runPhase = named(
  "RunPhase",
  z.enum([
    "opening",
    "arming",
    "armed",
    "sending",
    "verifying",
    "signing",
    "sealing",
    "closing",
    "done",
    "giving-up",
    "failed",
  ]),
);
export type RunPhase = z.infer<typeof runPhase>;

/** How far one side is. */
export const progressResource = named(
  "Progress",
  z.object({
    doing: z.string(),
    filesDone: countNumber,
    filesTotal: countNumber.nullable(),
    bytesDone: countNumber,
    bytesTotal: countNumber.nullable(),
  }),
);
export type ProgressResource = z.infer<typeof progressResource>;

/** The first cause of a failure, with what the catalogue says of it. */
export const causeResource = named(
  "Cause",
  z.object({
    code: errorCode,
    message: z.string(),
    evidence: z.array(z.string()),
    retry: z.enum(["now", "later", "never"]),
    hint: z.string(),
  }),
);

const movedResource = z.object({
  changes: countNumber,
  files: countNumber,
  bytes: countNumber,
  deletions: countNumber,
});
const sizeResource = z.object({ files: countNumber, directories: countNumber, bytes: countNumber });

/** One run. */
export const runResource = named(
  "Run",
  z.object({
    id: idText,
    service: nameText,
    point: idText.describe("the recovery point it makes when it is done"),
    phase: runPhase,
    moment: instantText,
    label: z.string().nullable(),
    bandwidth: z
      .string()
      .nullable()
      .describe("what the transfer takes at most by the policy that the run began with"),
    requestedBy: z.string(),
    epoch: z.number().int(),
    startedAt: instantText,
    endedAt: instantText.nullable(),
    basePoint: idText.nullable().describe("only what differs from it is sent; null for a full copy"),
    source: z.object({ cluster: nameText, agent: nameText }),
    target: z.object({ cluster: nameText, agent: nameText, directory: anyPath }),
    cause: causeResource.nullable(),
    grade: gradeResource.nullable(),
    openFiles: openFilesResource.nullable(),
    receipts: z.array(
      z.object({
        root: anyPath,
        snapshotName: z.string(),
        earliest: instantText,
        latest: instantText,
        clusterStamp: instantText.nullable(),
      }),
    ),
    clock: z
      .object({
        source: z.string(),
        server: z
          .object({ address: z.string(), referenceId: z.string(), stratum: z.number().int() })
          .nullable()
          .describe("who answered for an NTP source"),
        offsetMs: msNumber.describe("how far the wall clock of the source's agent was ahead"),
        errorMs: msNumber,
        stepMs: msNumber.describe("how far the source moved around the moment"),
      })
      .nullable(),
    total: sizeResource.nullable().describe("of the point; null until it is known"),
    moved: movedResource.nullable().describe("what crossed the wire"),
    progress: z.object({ source: progressResource.nullable(), target: progressResource.nullable() }),
  }),
);
export type RunResource = z.infer<typeof runResource>;

/** Runs, newest first. */
export const runPage = named("RunPage", pageOf(runResource));

/** Which runs to list. */
export const runQuery = z.object({ ...pageQuery, service: nameText.optional() });

/** One thing that happened in a run. */
export const runLogLine = named("RunLogLine", z.object({ at: instantText, text: z.string() }));
export type RunLogLine = z.infer<typeof runLogLine>;

/** What happened in a run, oldest first. */
export const runLogPage = named("RunLogPage", pageOf(runLogLine));

/** True when the run is over. */
export function isRunOver(phase: RunPhase): boolean {
  return phase === "done" || phase === "failed";
}
