/** Recovery points: verified, sealed, whole moments on the secondary. */
import { z } from "zod";
import { anyPath, countNumber, idText, instantText, nameText, pageOf, sha256Text } from "./fields.ts";
import { gradeResource, openFilesResource } from "./grade.ts";
import { named } from "./registry.ts";

/** One point. */
export const pointResource = named(
  "Point",
  z.object({
    id: idText,
    service: nameText,
    run: idText,
    moment: instantText,
    sealedAt: instantText,
    label: z.string().nullable(),
    grade: gradeResource,
    openFiles: openFilesResource,
    filters: z
      .object({ include: z.array(z.string()), exclude: z.array(z.string()) })
      .nullable()
      .describe("what of the data sets it leaves alone"),
    uncovered: z
      .array(z.object({ path: anyPath, why: z.string() }))
      .describe("what the service's patterns meant and the point does not hold"),
    primary: nameText,
    secondary: nameText,
    directory: anyPath.describe("the holding directory on the secondary"),
    snapshotName: z.string(),
    files: countNumber,
    directories: countNumber,
    bytes: countNumber,
    moved: z.object({
      changes: countNumber,
      files: countNumber,
      bytes: countNumber,
      deletions: countNumber,
    }),
    certificateSha256: sha256Text,
    previous: idText.nullable().describe("the point before in the chain of certificates"),
  }),
);
export type PointResource = z.infer<typeof pointResource>;

/** Points of a service, newest first. */
export const pointPage = named("PointPage", pageOf(pointResource));

/** One file or directory of a point. */
export const pointFile = named(
  "PointFile",
  z.object({
    set: nameText,
    path: z.string(),
    type: z.enum(["file", "directory"]),
    length: countNumber,
    mtimeMs: z.number(),
    owner: z.string(),
    group: z.string(),
    mode: z.number().int(),
    sha256: sha256Text.optional(),
  }),
);
export type PointFile = z.infer<typeof pointFile>;

/** Files of a point in manifest order. */
export const pointFilePage = named("PointFilePage", pageOf(pointFile));

/** What checking a point again found. */
export const pointVerdict = named(
  "PointVerdict",
  z.object({
    ok: z.boolean(),
    checked: z.array(z.string()).describe("what was checked, in words"),
    wrong: z.array(z.string()),
  }),
);
export type PointVerdict = z.infer<typeof pointVerdict>;
