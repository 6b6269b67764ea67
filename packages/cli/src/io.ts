/** What a command may touch of the outside: the terminal, the environment, the clock, Ctrl-C. */
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline/promises";

/** A stream of text that may be a terminal. */
export interface Output {
  write(text: string): void;
  readonly isTerminal: boolean;
  /** Characters in a line; 80 when unknown. */
  readonly columns: number;
}

export interface Io {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: CliClock;
  /** All of a file; `-` is the standard input. */
  read(path: string): Promise<Uint8Array>;
  /** One line from the person; null when there is none to ask. */
  ask(question: string): Promise<string | null>;
  /** From the first call on Ctrl-C aborts the signal instead of ending the process. */
  interrupt(): AbortSignal;
}

/** Structurally the clock port. */
export interface CliClock {
  nowMs(): number;
  elapsedMs(): number;
  sleep(ms: number, cancel?: AbortSignal): Promise<void>;
}

/** The Io of this process. */
export function processIo(clock: CliClock): Io {
  let controller: AbortController | null = null;
  return {
    stdout: outputOf(process.stdout),
    stderr: outputOf(process.stderr),
    env: process.env,
    clock,
    read: (path) => (path === "-" ? readAll(process.stdin) : readFile(path)),
    async ask(question) {
      if (!process.stdin.isTTY || !process.stderr.isTTY) return null;
      const lines = createInterface({ input: process.stdin, output: process.stderr });
      try {
        return await lines.question(question);
      } finally {
        lines.close();
      }
    },
    interrupt() {
      if (controller === null) {
        const made = new AbortController();
        process.once("SIGINT", () => made.abort(new Error("interrupted")));
        controller = made;
      }
      return controller.signal;
    },
  };
}

function outputOf(stream: NodeJS.WriteStream): Output {
  return {
    write: (text) => void stream.write(text),
    isTerminal: stream.isTTY === true,
    get columns() {
      return stream.columns || 80;
    },
  };
}

async function readAll(stream: NodeJS.ReadStream): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
