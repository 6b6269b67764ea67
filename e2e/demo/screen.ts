// What the demo shows: on a terminal a picture that is drawn again, elsewhere one line for each thing that happened.

export interface Picture {
  readonly title: string;
  /** Label and text. */
  readonly facts: readonly (readonly [label: string, text: string])[];
  /** The moment on its way; null between two. */
  readonly now: string | null;
  readonly points: readonly string[];
}

export interface Screen {
  /** Something happened; stays readable above the picture. */
  tell(line: string): void;
  draw(picture: Picture): void;
  /** Leaves the last picture standing. */
  end(): void;
}

const BOLD = "\u001b[1m";
const DIM = "\u001b[2m";
const PLAIN = "\u001b[0m";
const CLEAR_BELOW = "\u001b[0J";

export function createScreen(out: NodeJS.WriteStream): Screen {
  let drawn = 0;
  const up = (): string => (drawn === 0 ? "" : `\u001b[${drawn}A\r${CLEAR_BELOW}`);
  const clip = (line: string): string => line.slice(0, (out.columns || 120) - 1);
  return {
    tell(line) {
      out.write(`${out.isTTY ? up() : ""}${line}\n`);
      drawn = 0;
    },
    draw(picture) {
      if (!out.isTTY) return;
      const width = Math.max(...picture.facts.map(([label]) => label.length));
      const lines = [
        "",
        ...picture.facts.map(([label, text]) => `${DIM}${label.padEnd(width)}${PLAIN}  ${clip(text)}`),
        "",
        ...picture.points.map(clip),
        clip(picture.now === null ? `${DIM}waiting for the next moment${PLAIN}` : `▸ ${picture.now}`),
      ];
      out.write(`${up()}${BOLD}${picture.title}${PLAIN}\n${lines.join("\n")}\n`);
      drawn = lines.length + 1;
    },
    end() {
      drawn = 0;
    },
  };
}
