/** Parameters, headers and answers that many calls share. */
import { z } from "zod";

/** A name or id in an address: whatever it is, a wrong one is simply not found. */
const segment = z.string().min(1).max(200);

/** `:cluster`. */
export const clusterParams = z.object({ cluster: segment });
/** `:cluster` and `:agent`. */
export const agentParams = z.object({ cluster: segment, agent: segment });
/** `:service`. */
export const serviceParams = z.object({ service: segment });
/** `:run`. */
export const runParams = z.object({ run: segment });
/** `:point`. */
export const pointParams = z.object({ point: segment });
/** `:token`. */
export const tokenParams = z.object({ token: segment });
/** `:code`. */
export const errorParams = z.object({ code: segment });

/** Headers of a call that may be repeated. */
export const idempotencyHeaders = z.object({
  "idempotency-key": z
    .string()
    .regex(/^[\x21-\x7e]{1,200}$/, "must be 1 to 200 printable characters without spaces")
    .optional()
    .describe("a repeat with the same key within 24 h gets the first answer and has no second effect"),
});

/** Headers of a change to one thing. */
export const ifMatchHeaders = z.object({
  "if-match": z
    .string()
    .max(100)
    .optional()
    .describe("the ETag that was read: refused when it was changed since"),
  "if-none-match": z.literal("*").optional().describe("refused when it exists already"),
});

/** Headers of a stream of events. */
export const eventHeaders = z.object({
  "last-event-id": z
    .string()
    .regex(/^\d{1,15}$/, "is no event's number")
    .optional()
    .describe("the last event that arrived: the stream goes on after it"),
});

/** An apply may be tried without effect, and what it takes be measured. */
export const applyQuery = z.object({
  dryRun: z
    .enum(["true", "false"])
    .default("false")
    .describe("true: tells what would happen, changes nothing"),
  measure: z
    .enum(["true", "false"])
    .default("false")
    .describe("true: also sums up the data sets and compares them with the room on the secondary"),
});

/** An answer without a body. */
export const nothing = z.undefined();
/** A stream of server-sent events, or of lines: text. */
export const textStream = z.unknown();
/** Any JSON. */
export const anyJson = z.unknown();

/** `/livez`, `/readyz`. */
export const health = z.object({ status: z.enum(["ok", "starting", "stopping"]) });
