/** Am I safe? What is not as it should be comes first. */
import { z } from "zod";
import { clockReading } from "./clock.ts";
import { clusterStatus } from "./cluster.ts";
import { instantText, nameText } from "./fields.ts";
import { named } from "./registry.ts";
import { serviceStatus } from "./service.ts";

/** One thing that is not as it should be, with what to do. */
export const trouble = named(
  "Trouble",
  z.object({
    key: z.string().describe("stays the same while it lasts: service/orders:objective"),
    about: z.string(),
    text: z.string().describe("its first line names the cause"),
    hint: z.string().nullable(),
    since: instantText.nullable(),
  }),
);
export type Trouble = z.infer<typeof trouble>;

/** The whole state on one page. */
export const statusResource = named(
  "Status",
  z.object({
    safe: z.boolean().describe("there is no trouble"),
    now: instantText,
    clockSource: z.string().describe("the one clock that all share"),
    clock: clockReading.nullable().describe("as the control device reads it; null before it could"),
    warnings: z
      .array(z.object({ about: z.string(), text: z.string() }))
      .describe("what may be wrong without anything being seen to be"),
    troubles: z.array(trouble),
    services: z
      .array(z.object({ name: nameText, primary: nameText, secondary: nameText, status: serviceStatus }))
      .describe("the worst first"),
    clusters: z.array(z.object({ name: nameText, status: clusterStatus })),
  }),
);
export type StatusResource = z.infer<typeof statusResource>;
