/** The check of a cluster as the API gives it. */
import { z } from "zod";
import { clockReading } from "./clock.ts";
import { msNumber, nameText } from "./fields.ts";
import { errorCode } from "./problem.ts";
import { named } from "./registry.ts";

const checkLine = named(
  "CheckLine",
  z.object({
    about: z.enum(["agent", "reach", "identity", "versions", "rights", "space", "clock"]),
    level: z
      .enum(["ok", "warning", "failed", "unknown"])
      .describe("unknown: it could not be looked at, for the reason of another line"),
    text: z.string(),
    code: errorCode.nullable().describe("what an act on the cluster would be refused with"),
    fix: z.string().nullable().describe("what to do about it"),
  }),
);
export type CheckLineResource = z.infer<typeof checkLine>;

/** How a cluster stands, looked at before anything is done with it. */
export const checkedCluster = named(
  "CheckedCluster",
  z.object({
    cluster: nameText,
    ok: z.boolean().describe("false when a line has failed"),
    lines: z.array(checkLine),
    figures: z
      .object({
        answeredMs: msNumber.nullable().describe("the NameNode's answer to the agent"),
        hadoop: z.string().nullable(),
        agent: z.string().nullable().describe("version of its software"),
        protocol: z.number().int().describe("version of the link's"),
        user: z.string().nullable().describe("that the agent acts as; null before it has said so"),
        superuser: z.boolean().nullable(),
        snapshottable: z
          .array(z.string())
          .nullable()
          .describe("that the user may snapshot; the first of them"),
        capacityBytes: z.number().nullable(),
        usedBytes: z.number().nullable(),
        remainingBytes: z.number().nullable(),
        clock: clockReading
          .extend({ apart: z.object({ offsetMs: msNumber, errorMs: msNumber }).nullable() })
          .nullable(),
      })
      .describe("what the lines rest on; null where it is not known"),
  }),
);
export type CheckedClusterResource = z.infer<typeof checkedCluster>;
