/** Shows steps as they go: a live tree on a terminal, a line for each change elsewhere. */
import { printable } from "../failure.ts";
import type { Io } from "../io.ts";
import { style } from "../style.ts";
import type { StepLine } from "./steps.ts";

export interface Tree {
  show(title: string, lines: readonly StepLine[]): void;
}

const SIGNS = { done: "✔", active: "▸", waiting: "·", failed: "✘" } as const;
const STYLES = { done: "green", active: "bold", waiting: "dim", failed: "red" } as const;
const TITLE_CHARS = 10;

export function createTree(io: Io, quiet: boolean): Tree {
  if (quiet) return { show: () => undefined };
  return io.stderr.isTerminal && io.env["TERM"] !== "dumb" ? live(io) : plain(io);
}

function live(io: Io): Tree {
  let drawn = 0;
  return {
    show(title, lines) {
      const texts = [title, ...lines.map((line) => lineText(io, line))];
      const up = drawn > 0 ? `\u001b[${drawn}A` : "";
      io.stderr.write(up + texts.map((text) => `\r\u001b[2K${text}\n`).join(""));
      drawn = texts.length;
    },
  };
}

function lineText(io: Io, { state, title, detail }: StepLine): string {
  const room = Math.max(10, io.stderr.columns - TITLE_CHARS - 6);
  const clipped = printable(detail).replaceAll(/\s+/g, " ");
  const shown = clipped.length > room ? `${clipped.slice(0, room - 1)}…` : clipped;
  return style(
    io,
    STYLES[state],
    `  ${SIGNS[state]} ${title.padEnd(TITLE_CHARS)} ${shown}`.trimEnd(),
    io.stderr,
  );
}

/** Only what is new: a step begun, done, failed. Figures in between would fill a log. */
function plain(io: Io): Tree {
  const told = new Set<string>();
  return {
    show(title, lines) {
      if (!told.has(title)) io.stderr.write(`${title}\n`);
      told.add(title);
      for (const { state, title: step, detail } of lines) {
        const key = `${step} ${state}`;
        if (state === "waiting" || told.has(key)) continue;
        told.add(key);
        io.stderr.write(
          `${`${step.padEnd(TITLE_CHARS)} ${state.padEnd(7)} ${printable(detail)}`.trimEnd()}\n`,
        );
      }
    },
  };
}
