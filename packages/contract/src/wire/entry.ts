/** One entry of a manifest as it crosses a link. */
import type { Entry } from "@coeval/core/model/entry";
import { z } from "zod";
import { countField, nameField, relativePathField, sha256Field } from "./fields.ts";

/** Bounded as HDFS bounds names, ACLs and xattrs. */
export const entrySchema = z.object({
  set: nameField,
  path: relativePathField,
  type: z.enum(["file", "directory"]),
  id: z.string().regex(/^\d{1,20}$/),
  length: countField,
  mtimeMs: countField,
  atimeMs: countField,
  owner: z.string().max(1000),
  group: z.string().max(1000),
  mode: z.number().int().min(0).max(0o1777),
  replication: z.number().int().min(0).max(65_535),
  blockSize: countField,
  acl: z.array(z.string().max(1000)).max(100).exactOptional(),
  xattrs: z
    .array(z.tuple([z.string().max(1000), z.string().max(200_000)]))
    .max(200)
    .exactOptional(),
  open: z.literal(true).exactOptional(),
  sha256: sha256Field.exactOptional(),
}) satisfies z.ZodType<Entry>;
