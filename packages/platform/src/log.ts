/** The structured log: one JSON object a line, to stderr or to a file that is rotated by size. Written at once: a crash loses no line. */
import type { Clock } from "@coeval/core/ports/clock";
import type { Log, LogFields } from "@coeval/core/ports/log";
import { createLogFile } from "./log-file.ts";

/** A longer text in a field is cut, and says so. */
export const LOG_TEXT_CHARS_MAX = 2000;

export interface LogOptions {
  /** Without it lines go to stderr. */
  readonly file?: string;
}

type Level = "info" | "warn" | "error";

export function createLog(world: { readonly clock: Pick<Clock, "nowMs"> }, options: LogOptions = {}): Log {
  const sink = options.file === undefined ? toStderr : createLogFile(options.file, toStderr);
  const at = (level: Level) => (event: string, fields?: LogFields) =>
    sink(`${line(world.clock.nowMs(), level, event, fields)}\n`);
  return { info: at("info"), warn: at("warn"), error: at("error") };
}

function toStderr(text: string): void {
  process.stderr.write(text);
}

const RESERVED = new Set(["time", "level", "event"]);

function line(nowMs: number, level: Level, event: string, fields: LogFields = {}): string {
  const shown: Record<string, LogFields[string]> = { time: new Date(nowMs).toISOString(), level, event };
  for (const [name, value] of Object.entries(fields)) {
    shown[RESERVED.has(name) ? `${name}_` : name] = typeof value === "string" ? cut(value) : value;
  }
  return JSON.stringify(shown);
}

function cut(text: string): string {
  if (text.length <= LOG_TEXT_CHARS_MAX) return text;
  return `${text.slice(0, LOG_TEXT_CHARS_MAX)}… (${text.length} characters)`;
}
