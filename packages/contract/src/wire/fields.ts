/** Bounded fields that messages of both links are made of. */
import { errors, type ErrorCode } from "@coeval/core/errors";
import { NAME_PATTERN } from "@coeval/core/model/cluster";
import { MAX_PATH_BYTES } from "@coeval/core/model/path";
import { z } from "zod";

/** Roots, receipts, data sets named in one message. */
export const ITEMS_MAX = 1000;

export const nameField = z.string().regex(NAME_PATTERN);
export const idField = z.string().regex(/^[a-z]+-[0-9a-z]{1,32}$/);
export const instructionIdField = z
  .string()
  .max(120)
  .regex(/^[a-z]+-[0-9a-z]+\/[a-z-]+\/(source|target)$/);
export const pathField = z.string().max(MAX_PATH_BYTES);
export const textField = z.string().max(4000);
export const sha256Field = z.string().regex(/^[0-9a-f]{64}$/);
export const instantField = z.number().finite().min(0).max(253_402_300_799_999);
export const countField = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
export const msField = z.number().finite();
export const addressField = z
  .string()
  .max(300)
  .regex(/^[^\s/]+:\d{1,5}$/);
export const pemField = z.string().max(20_000);

export const identityField = z.object({ clusterId: z.string().max(200), namespaceId: z.string().max(200) });

export const failureField = z.object({
  code: z.enum(Object.keys(errors) as [ErrorCode, ...ErrorCode[]]),
  message: z.string().max(20_000),
  evidence: z
    .array(z.string().max(MAX_PATH_BYTES + 200))
    .max(20)
    .readonly(),
});
