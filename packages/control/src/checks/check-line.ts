/** One line of a check: what was looked at, how it stands, why, and what mends it. */
import { type ErrorCode, explain } from "@coeval/core/errors";

/** What a line of a cluster's check is about. */
export const CHECKED = ["agent", "reach", "identity", "versions", "rights", "space", "clock"] as const;

export interface CheckLine {
  readonly about: (typeof CHECKED)[number];
  /** `unknown`: it could not be looked at, for the reason of another line. */
  readonly level: "ok" | "warning" | "failed" | "unknown";
  readonly text: string;
  /** The error that an act on the cluster would end with. */
  readonly code: ErrorCode | null;
  /** What to do about it; null where nothing is to do. */
  readonly fix: string | null;
}

type About = CheckLine["about"];

export function ok(about: About, text: string): CheckLine {
  return { about, level: "ok", text, code: null, fix: null };
}

export function unknown(about: About, text: string): CheckLine {
  return { about, level: "unknown", text, code: null, fix: null };
}

export function warning(about: About, text: string, fix: string): CheckLine {
  return { about, level: "warning", text, code: null, fix };
}

/** @param fix without one what the catalogue says of the code. */
export function failed(
  about: About,
  code: ErrorCode,
  text: string,
  fix: string = explain(code).hint,
): CheckLine {
  return { about, level: "failed", text, code, fix };
}
