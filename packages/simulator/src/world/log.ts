/** The log of a simulation: a ring of its last lines, printed when a checker complains, and a digest of all of them. */
import type { Log, LogFields } from "@coeval/core/ports/log";
import { hash } from "./hash.ts";
import type { Life } from "./life.ts";
import type { Timeline } from "./timeline.ts";

export interface LogBook {
  /** Writes a line of the world itself. */
  write(who: string, event: string, fields?: LogFields): void;
  /** The log port of one life. A dead process says nothing. */
  of(life: Life): Log;
  /** The last lines, oldest first. */
  tail(): readonly string[];
  /** Of everything ever written: equal for equal histories. */
  digest(): string;
}

const LINES_MAX = 400;
const CHARACTERS_MAX = 300;

export function createLogBook(timeline: Timeline): LogBook {
  const lines: string[] = [];
  const hasher = hash.sha256();
  const write = (who: string, event: string, fields: LogFields = {}): void => {
    const told = Object.entries(fields)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => `${name}=${value}`);
    const line = `${timeline.nowMs.toFixed(3).padStart(11)} ${who.padEnd(8)} ${[event, ...told].join(" ")}`;
    hasher.update(line);
    lines.push(line.length > CHARACTERS_MAX ? `${line.slice(0, CHARACTERS_MAX)}…` : line);
    if (lines.length > 2 * LINES_MAX) lines.splice(0, LINES_MAX);
  };
  return {
    write,
    of(life) {
      const say = (event: string, fields?: LogFields): void => {
        if (life.alive) write(life.name, event, fields);
      };
      return { info: say, warn: say, error: say };
    },
    tail: () => lines.slice(-LINES_MAX),
    digest: () => hasher.hex(),
  };
}
