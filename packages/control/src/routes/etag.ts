/** Revisions as entity tags: read with ETag, changed with If-Match. */
import { CoevalError } from "@coeval/core/errors";
import type { IfVersion } from "../services.ts";

export function etagOf(version: number): string {
  return `"${version}"`;
}

/** The condition of a change. @throws CoevalError `bad-input` for a tag that was never given. */
export function conditionOf(headers: {
  "if-match"?: string | undefined;
  "if-none-match"?: "*" | undefined;
}): IfVersion {
  if (headers["if-none-match"] === "*") return "absent";
  const tag = headers["if-match"];
  if (tag === undefined || tag === "*") return null;
  return versionOf(tag.replace(/^W\//, "").replaceAll('"', ""), "#header/if-match");
}

/** The version of a document's revision. @throws CoevalError `bad-input`. */
export function versionOf(revision: string, pointer: string): number {
  if (/^\d{1,15}$/.test(revision)) return Number(revision);
  throw new CoevalError("bad-input", `'${revision}' is no revision of ours`, { pointer });
}
