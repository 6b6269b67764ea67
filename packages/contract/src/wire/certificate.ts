/** The moment certificate as it crosses a link or lies in a file. */
import type { Certificate, CertificateBody, Signature } from "@coeval/core/model/certificate";
import { MAX_FILTER_CHARS, MAX_FILTERS } from "@coeval/core/model/policy";
import { z } from "zod";
import {
  addressField,
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
  uncoveredField,
} from "./fields.ts";

/** One snapshot's receipt. Like all parts of a certificate it refuses members that it does not know. */
export const receiptSchema = z.strictObject({
  root: pathField,
  snapshotName: z.string().max(255),
  sets: z.array(nameField).max(ITEMS_MAX),
  earliest: instantField,
  latest: instantField,
  clusterStamp: instantField.nullable(),
});

/** An NTP server, as evidence names it. */
export const clockServerSchema = z.strictObject({
  address: addressField,
  referenceId: z.string().max(20),
  stratum: z.number().int().min(1).max(15),
});

/** The shared clock around the moment. */
export const clockEvidenceSchema = z.strictObject({
  source: z.string().max(200),
  server: clockServerSchema.exactOptional(),
  offsetMs: msField,
  errorMs: msField,
  stepMs: msField,
});
/** What is known of the files that were open. */
export const openFilesGradeSchema = z.enum(["frozen", "listed", "unknown"]);
/** What a manifest amounts to. */
export const manifestSummarySchema = z.strictObject({
  sha256: sha256Field,
  files: countField,
  directories: countField,
  bytes: countField,
});
/** What moved. */
export const movedSummarySchema = z.strictObject({
  changes: countField,
  files: countField,
  bytes: countField,
  deletions: countField,
});

/** How well the moment was hit. */
export const gradeSchema = z.strictObject({
  kind: z.enum(["exact", "within", "torn"]),
  spreadMs: msField,
  windowMs: msField,
  byMs: msField,
});

const patterns = z.array(z.string().min(1).max(MAX_FILTER_CHARS)).max(MAX_FILTERS);
/** What of the data sets is left alone. */
export const filtersSchema = z.strictObject({ include: patterns, exclude: patterns });

/** One agent's signature. */
export const signatureSchema = z.strictObject({
  agent: nameField,
  publicKey: pemField,
  chain: pemField,
  signature: z.string().max(2000),
}) satisfies z.ZodType<Signature>;

/** What both agents sign. */
export const certificateBodySchema = z.strictObject({
  version: z.literal(1),
  service: nameField,
  point: idField,
  run: idField,
  epoch: countField,
  moment: z.string().max(30),
  primary: z.strictObject({ cluster: nameField, identity: identityField.strict() }),
  secondary: z.strictObject({ cluster: nameField, identity: identityField.strict(), directory: pathField }),
  dataSets: z.array(z.strictObject({ name: nameField, source: pathField, target: pathField })).max(ITEMS_MAX),
  filters: filtersSchema.exactOptional(),
  uncovered: z
    .array(uncoveredField)
    .max(ITEMS_MAX * 2)
    .exactOptional(),
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

/** Why something could not be had; null when it was. */
export const whyField = textField.nullable();
