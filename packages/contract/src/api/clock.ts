/** The shared clock as one process reads it. */
import { z } from "zod";
import { msNumber } from "./fields.ts";
import { named } from "./registry.ts";

/** Who answers for an NTP source. */
export const timeServer = named(
  "TimeServer",
  z.object({
    asked: z.string().describe("what this process asks for the source"),
    address: z.string(),
    referenceId: z.string().describe("what the server itself follows, as chronyc shows it"),
    stratum: z.number().int(),
    utcErrorMs: msNumber.describe("how far the server itself may be from UTC"),
  }),
);

/** A proven relation between a machine's own wall clock and the source. */
export const clockReading = z.object({
  source: z.string().describe("`control:ID` or `ntp://HOST`"),
  server: timeServer.nullable(),
  offsetMs: msNumber.describe("how far the machine's own wall clock is ahead of the source"),
  errorMs: msNumber.describe("how wrong that may be now"),
  ageMs: msNumber.describe("since the source was read last"),
});
