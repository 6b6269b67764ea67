/** Bounded fields that resources and calls of the REST API are made of, with messages that a person can act on. */
import { CoevalError, type ErrorCode } from "@coeval/core/errors";
import { NAME_PATTERN } from "@coeval/core/model/cluster";
import { parseInstant } from "@coeval/core/model/instant";
import { checkPath, MAX_PATH_BYTES } from "@coeval/core/model/path";
import { z } from "zod";
import { parseDuration } from "./duration.ts";
import { unknownKeys } from "./near-miss.ts";

/** Bytes of a request's body. */
export const BODY_BYTES_MAX = 4 * 1024 * 1024;
/** Items on one page of a list. */
export const PAGE_ITEMS_MAX = 500;
/** Items on a page when nothing is asked for. */
export const PAGE_ITEMS_DEFAULT = 100;
/** Characters of a label, of a token's name. */
export const LABEL_CHARS_MAX = 200;
/** Documents in one apply. */
export const DOCUMENTS_MAX = 1000;

/** An object whose unknown keys are refused, with the key that was probably meant. */
export function closed<Shape extends z.ZodRawShape>(shape: Shape) {
  const known = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) => (issue.code === "unrecognized_keys" ? unknownKeys(issue.keys, known) : undefined),
  });
}

/** Adds an issue that carries a code of the error catalogue; `issues.ts` reads it back. */
export function refuse(
  context: z.RefinementCtx,
  code: ErrorCode,
  message: string,
  path: PropertyKey[] = [],
): void {
  context.addIssue({ code: "custom", message, path, params: { code } });
}

/** Runs a check of the domain and tells its refusal as an issue at `path`. */
export function refuseBy(context: z.RefinementCtx, check: () => unknown, path: PropertyKey[] = []): void {
  try {
    check();
  } catch (error) {
    if (!(error instanceof CoevalError)) throw error;
    refuse(context, error.code, error.message.replace(/^: /, ""), path);
  }
}

/** Name of a cluster, service, data set, agent. */
export const nameText = z
  .string()
  .regex(NAME_PATTERN, "must be 1 to 63 of a-z, 0-9 and '-', beginning with a letter or digit");
/** An identifier: `run-…`, `point-…`, `token-…`. */
export const idText = z
  .string()
  .regex(/^[a-z]+-[0-9a-z]{1,32}$/, "is no identifier; they read as run-5x0tq2m8c1v9h3kd");
/** A path in an answer: as the cluster has it. */
export const anyPath = z.string().max(MAX_PATH_BYTES);
/** SHA-256 in lower-case hex. */
export const sha256Text = z.string().regex(/^[0-9a-f]{64}$/, "must be 64 hexadecimal digits");
/** An instant, ISO 8601 in UTC with ms. */
export const instantText = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/, "is no instant in UTC with milliseconds")
  .meta({ format: "date-time" });
/** A count or a number of bytes. */
export const countNumber = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
/** Milliseconds, with a fraction. */
export const msNumber = z.number();
/** A person's label for a point. */
export const labelText = z
  .string()
  .min(1, "must not be empty")
  .max(LABEL_CHARS_MAX)
  .regex(/^\P{Cc}*$/u, "must not contain control characters");

/** An absolute path of a directory, as `checkPath` accepts it. */
export const directoryPath = z
  .string()
  .superRefine((path, context) => refuseBy(context, () => checkPath(path, "")));

/** The same, `/` allowed: a prefix. */
export const prefixPath = z.string().superRefine((path, context) => {
  if (path !== "/") refuseBy(context, () => checkPath(path, ""));
});

/** A duration between two bounds, both in ms and included. */
export function durationText(minMs: number, maxMs: number) {
  return z
    .string()
    .max(20)
    .superRefine((text, context) => {
      const ms = parseDuration(text);
      if (ms === null) refuse(context, "bad-input", `'${text}' is no duration; write it as 500ms, 2s or 1m`);
      else if (ms < minMs || ms > maxMs)
        refuse(context, "bad-input", `${text} is not between ${minMs} ms and ${maxMs} ms`);
    });
}

/** Instant, or `+3s`: so long after the control device's now. */
export const momentText = z
  .string()
  .max(40)
  .superRefine((text, context) => {
    if (!text.startsWith("+")) refuseBy(context, () => parseInstant(text));
    else if (parseDuration(text.slice(1)) === null)
      refuse(context, "bad-instant", `'${text}' is no time from now; write it as +3s or +500ms`);
  });

/** Where a page begins: opaque, from the page before. */
export const cursorText = z
  .string()
  .max(20_000)
  .regex(/^[A-Za-z0-9_-]+$/, "is no cursor of a page before");

/** What the query of every list takes. */
export const pageQuery = {
  cursor: cursorText.optional().describe("`next` of the page before"),
  limit: z.coerce.number().int().min(1).max(PAGE_ITEMS_MAX).default(PAGE_ITEMS_DEFAULT),
};

/** The query of a list that takes nothing else. */
export const pageQueryOnly = z.object(pageQuery);

/** A page of a list; `next` is null on the last one. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item).max(PAGE_ITEMS_MAX), next: cursorText.nullable() });
}

/** A list that is bounded by itself and comes whole. */
export function listOf<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item) });
}
