/** The moment certificate as it crosses a link or lies in a file. */
import type { Certificate, CertificateBody, Signature } from "@coeval/core/model/certificate";
import { z } from "zod";
import {
  countField,
  idField,
  identityField,
  instantField,
  ITEMS_MAX,
  msField,
  nameField,
  pathField,
  pemField,
  sha256Field,
  textField,
} from "./fields.ts";

export const receiptSchema = z.object({
  root: pathField,
  snapshotName: z.string().max(255),
  sets: z.array(nameField).max(ITEMS_MAX),
  earliest: instantField,
  latest: instantField,
  clusterStamp: instantField.nullable(),
});

export const clockEvidenceSchema = z.object({
  source: z.string().max(200),
  offsetMs: msField,
  errorMs: msField,
  stepMs: msField,
});
export const openFilesGradeSchema = z.enum(["frozen", "listed", "unknown"]);
export const manifestSummarySchema = z.object({
  sha256: sha256Field,
  files: countField,
  directories: countField,
  bytes: countField,
});
export const movedSummarySchema = z.object({
  changes: countField,
  files: countField,
  bytes: countField,
  deletions: countField,
});

export const gradeSchema = z.object({
  kind: z.enum(["exact", "within", "torn"]),
  spreadMs: msField,
  windowMs: msField,
  byMs: msField,
});

export const signatureSchema = z.object({
  agent: nameField,
  publicKey: pemField,
  chain: pemField,
  signature: z.string().max(2000),
}) satisfies z.ZodType<Signature>;

export const certificateBodySchema = z.strictObject({
  version: z.literal(1),
  service: nameField,
  point: idField,
  run: idField,
  epoch: countField,
  moment: z.string().max(30),
  primary: z.strictObject({ cluster: nameField, identity: identityField }),
  secondary: z.strictObject({ cluster: nameField, identity: identityField, directory: pathField }),
  dataSets: z.array(z.strictObject({ name: nameField, source: pathField, target: pathField })).max(ITEMS_MAX),
  grade: gradeSchema,
  openFiles: z.strictObject({ kind: openFilesGradeSchema, count: countField }),
  clock: clockEvidenceSchema,
  receipts: z.array(receiptSchema).max(ITEMS_MAX),
  manifest: manifestSummarySchema,
  moved: movedSummarySchema,
  previous: z.strictObject({ point: idField, certificateSha256: sha256Field }).nullable(),
}) satisfies z.ZodType<CertificateBody>;

/** A whole certificate; unknown members are refused, since they would not be covered by the signatures as understood. */
export const certificateSchema = z.strictObject({
  body: certificateBodySchema,
  source: signatureSchema,
  sealed: z.strictObject({ snapshotName: z.string().max(255), clusterStamp: instantField.nullable() }),
  target: signatureSchema,
}) satisfies z.ZodType<Certificate>;

export const whyField = textField.nullable();
