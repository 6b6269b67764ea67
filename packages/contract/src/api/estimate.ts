/** What the next run of a service copies in full, and what that takes. */
import { z } from "zod";
import { nameText } from "./fields.ts";
import { named } from "./registry.ts";

const setSize = z.object({
  set: nameText,
  files: z.number().int(),
  directories: z.number().int(),
  bytes: z.number().int(),
  spaceBytes: z.number().int().describe("on the primary's disks, every replica counted"),
});

/** An estimate of the first run, or of the next one of new data sets. */
export const estimateResource = named(
  "Estimate",
  z.object({
    sets: z.array(setSize).readonly(),
    copies: z
      .object({
        sets: z.array(nameText).readonly(),
        files: z.number().int(),
        directories: z.number().int(),
        bytes: z.number().int(),
        neededBytes: z.number().int().describe("on the secondary's disks, every replica counted"),
        setAsideBytes: z
          .object({ one: z.number().int(), most: z.number().int() })
          .describe("what HDFS sets aside besides while one file is written, and as many as are at a time"),
        durationMs: z.number(),
      })
      .describe("data sets that the last point does not hold: they are copied in full"),
    freeBytes: z.number().nullable().describe("on the secondary"),
    rate: z.object({
      filesPerSecond: z.number(),
      bytesPerSecond: z.number(),
      from: z.enum(["measured", "assumed"]).describe("measured: over the last runs of the pair of clusters"),
      runs: z.number().int(),
    }),
  }),
);
export type EstimateResource = z.infer<typeof estimateResource>;
