/** Bounded fields that messages of both links are made of. */
import { errors, type ErrorCode } from "@coeval/core/errors";
import { NAME_PATTERN } from "@coeval/core/model/cluster";
import { MAX_PATH_BYTES } from "@coeval/core/model/path";
import { INSTRUCTION_LINES_MAX, isLineText } from "@coeval/core/model/run-line";
import { z } from "zod";

/** Roots, receipts, data sets named in one message. */
export const ITEMS_MAX = 1000;

/** Name of a cluster, service, data set, agent. */
export const nameField = z.string().regex(NAME_PATTERN);
/** Identifier of a run or point, `prefix-…`; safe as a file name. */
export const idField = z.string().regex(/^[a-z]+-[0-9a-z]{1,32}$/);
/** `run/step/side`. */
export const instructionIdField = z
  .string()
  .max(120)
  .regex(/^[a-z]+-[0-9a-z]+\/[a-z-]+\/(source|target)$/);
/** A path, bounded in length alone: absolute ones are proven where they are used. */
export const pathField = z.string().max(MAX_PATH_BYTES);
/** A path relative to a data set, a staged top or a holding directory: it cannot lead out of it, nor into a snapshot. May be empty. */
export const relativePathField = pathField.refine(staysInside, "is no normal relative path");
/** A sentence or two for people. */
export const textField = z.string().max(4000);
/** Lower-case hex. */
export const sha256Field = z.string().regex(/^[0-9a-f]{64}$/);
/** Ms since the epoch, up to the end of the year 9999. */
export const instantField = z.number().finite().min(0).max(253_402_300_799_999);
/** Lines for a run's log. */
export const linesField = z
  .array(
    z.object({
      at: instantField.nullable(),
      text: z.string().refine(isLineText, "is no line of a log"),
    }),
  )
  .max(INSTRUCTION_LINES_MAX)
  .readonly();
/** A count or a number of bytes, exact. */
export const countField = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
/** A length of time or a difference of clocks in ms; may be negative. */
export const msField = z.number().finite();
/** `host:port`. */
export const addressField = z
  .string()
  .max(300)
  .regex(/^[^\s/]+:\d{1,5}$/);
/** A key, a certificate or a chain in PEM. */
export const pemField = z.string().max(20_000);

/** What an HDFS cluster proves to be. */
export const identityField = z.object({ clusterId: z.string().max(200), namespaceId: z.string().max(200) });

/** A code of the error catalogue. */
export const codeField = z.enum(Object.keys(errors) as [ErrorCode, ...ErrorCode[]]);

/** A failure of the catalogue; EVIDENCE_MAX and FAILURE_LENGTH_MAX of core bound what is sent. */
export const failureField = z.object({
  code: codeField,
  message: z.string().max(20_000),
  evidence: z
    .array(z.string().max(MAX_PATH_BYTES + 200))
    .max(20)
    .readonly(),
});

function staysInside(path: string): boolean {
  if (path === "") return true;
  return path
    .split("/")
    .every((name) => name !== "" && name !== "." && name !== ".." && name !== ".snapshot");
}

/** A data set that is a pattern of paths. */
export const setPatternField = z.object({
  name: nameField,
  path: pathField,
  onUncovered: z.enum(["refuse", "mark"]),
});
/** A directory of a pattern that is in no snapshot, and why. */
export const uncoveredField = z.strictObject({ path: pathField, why: textField });
