// The demo's terminal: on a terminal one view that is redrawn in place with messages scrolling above it, otherwise plain
// lines as things happen.

export interface Screen {
  readonly redraws: boolean;
  /** A message that stays. */
  say(line?: string): void;
  /** Replaces the view; does nothing where nothing can be redrawn. */
  show(lines: readonly string[]): void;
  /** Takes the view away and gives the cursor back. */
  end(): void;
}

const HIDE_CURSOR = "\u001b[?25l";
const SHOW_CURSOR = "\u001b[?25h";
const WIDTH_DEFAULT = 100;

export function screenOf(stream: NodeJS.WriteStream): Screen {
  const redraws = stream.isTTY === true && process.env["TERM"] !== "dumb";
  let shown = 0;
  const clear = (): string => (shown === 0 ? "" : `\u001b[${shown}A\u001b[J`);
  return {
    redraws,
    say(line = "") {
      stream.write(`${clear()}${line}\n`);
      shown = 0;
    },
    show(lines) {
      if (!redraws) return;
      const width = stream.columns || WIDTH_DEFAULT;
      // A line that wraps would be counted wrong when it is taken back.
      const cut = lines.map((line) =>
        Array.from(line)
          .slice(0, width - 1)
          .join(""),
      );
      stream.write(`${shown === 0 ? HIDE_CURSOR : ""}${clear()}${cut.join("\n")}\n`);
      shown = lines.length;
    },
    end() {
      if (redraws) stream.write(`${clear()}${SHOW_CURSOR}`);
      shown = 0;
    },
  };
}
