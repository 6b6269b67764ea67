/** Instructions, their outcomes and reports as they cross the link between control device and agent. */
import { MAX_PRIORITY } from "@coeval/core/model/policy";
import type { Instruction, Outcome, Progress, Report } from "@coeval/core/protect/instruction";
import { z } from "zod";
import {
  certificateBodySchema,
  certificateSchema,
  clockEvidenceSchema,
  filtersSchema,
  manifestSummarySchema,
  movedSummarySchema,
  openFilesGradeSchema,
  receiptSchema,
  signatureSchema,
  whyField,
} from "./certificate.ts";
import {
  addressField,
  countField,
  failureField,
  idField,
  identityField,
  instantField,
  instructionIdField,
  ITEMS_MAX,
  linesField,
  msField,
  nameField,
  pathField,
  relativePathField,
  setPatternField,
  sha256Field,
  uncoveredField,
} from "./fields.ts";

const dataSet = z.object({ name: nameField, component: z.literal("hdfs"), path: pathField });
const setPlace = z.object({ name: nameField, relative: relativePathField.min(1) });
const base = z.object({ point: idField, run: idField, manifestSha256: sha256Field }).nullable();
const holding = z.object({
  directory: pathField,
  sets: z.array(setPlace).min(1).max(ITEMS_MAX),
  filters: filtersSchema,
  base,
});
const peer = z.object({ cluster: nameField, agent: nameField, fingerprint: sha256Field });

const share = z.object({
  bytesPerSecond: z.number().min(1).nullable(),
  priority: z.number().min(0).max(MAX_PRIORITY),
  moment: instantField,
});

const order = z.discriminatedUnion("step", [
  z.object({
    step: z.literal("take-snapshots"),
    moment: instantField,
    sets: z.array(dataSet).min(1).max(ITEMS_MAX),
    filters: filtersSchema,
    patterns: z.array(setPatternField).max(ITEMS_MAX).exactOptional(),
    uncovered: z.array(uncoveredField).max(ITEMS_MAX).exactOptional(),
    snapshotName: z.string().regex(/^coeval-[a-z0-9-]{1,100}$/),
    clockErrorMsMax: msField,
  }),
  z.object({ step: z.literal("open-holding"), ...holding.shape }),
  z.object({ step: z.enum(["receive-snapshots", "serve-snapshots"]), base, peer, share }),
  z.object({
    step: z.enum(["send-snapshots", "replicate-snapshots"]),
    base,
    peer,
    share,
    address: addressField,
  }),
  z.object({ step: z.literal("verify") }),
  z.object({ step: z.literal("sign"), body: certificateBodySchema }),
  z.object({
    step: z.literal("seal"),
    body: certificateBodySchema,
    source: signatureSchema,
    previous: idField.nullable(),
  }),
  z.object({
    step: z.literal("release"),
    outcome: z.enum(["sealed", "void"]),
    certificate: certificateSchema.nullable(),
    sets: z.array(dataSet).min(1).max(ITEMS_MAX),
    holding,
  }),
  z.object({
    step: z.literal("retire"),
    points: z.enum(["keep", "delete"]),
    directory: pathField.nullable(),
  }),
]);

/** An instruction as an agent receives it. */
export const instructionSchema = z.object({
  id: instructionIdField,
  run: idField,
  service: nameField,
  cluster: nameField,
  role: z.enum(["primary", "secondary"]),
  epoch: z.number().int().min(1),
  identity: identityField.nullable(),
  order,
}) satisfies z.ZodType<Instruction>;

const result = z.discriminatedUnion("step", [
  z.object({
    step: z.literal("take-snapshots"),
    identity: identityField.exactOptional(),
    receipts: z.array(receiptSchema).min(1).max(ITEMS_MAX),
    clock: clockEvidenceSchema,
    appeared: z
      .array(z.object({ pattern: nameField, path: pathField }))
      .max(ITEMS_MAX)
      .exactOptional(),
    openFiles: z.object({ kind: openFilesGradeSchema, count: countField, why: whyField }),
  }),
  z.object({ step: z.literal("open-holding"), identity: identityField }),
  z.object({
    step: z.enum(["receive-snapshots", "send-snapshots", "serve-snapshots", "replicate-snapshots"]),
    manifest: manifestSummarySchema,
    moved: movedSummarySchema,
  }),
  z.object({ step: z.literal("verify"), files: countField, bytes: countField }),
  z.object({ step: z.literal("sign"), signature: signatureSchema }),
  z.object({ step: z.literal("seal"), certificate: certificateSchema }),
  z.object({ step: z.literal("release") }),
  z.object({ step: z.literal("retire"), snapshots: countField }),
]);

/** What an agent answers. */
export const outcomeSchema = z.discriminatedUnion("ok", [
  z.object({ ok: z.literal(true), result, lines: linesField.exactOptional() }),
  z.object({ ok: z.literal(false), failure: failureField, lines: linesField.exactOptional() }),
]) satisfies z.ZodType<Outcome>;

const progressSchema = z.object({
  doing: z.string().max(200),
  filesDone: countField,
  filesTotal: countField.nullable(),
  bytesDone: countField,
  bytesTotal: countField.nullable(),
}) satisfies z.ZodType<Progress>;

/** What an agent reports on the way. */
export const reportSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("ready"), address: addressField }),
  z.object({ kind: z.literal("armed"), identity: identityField }),
  z.object({ kind: z.literal("progress"), progress: progressSchema }),
]) satisfies z.ZodType<Report>;
