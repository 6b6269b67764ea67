/** An outside that remembers what was written and whose clock runs only when somebody sleeps. */
import { setImmediate } from "node:timers/promises";
import { authority } from "../fixtures/tls.ts";
import type { Io } from "../io.ts";

export interface FakeIo extends Io {
  readonly out: () => string;
  readonly err: () => string;
  readonly files: Map<string, string | Uint8Array>;
  readonly leave: () => void;
  /** What the person types, in order; null: nobody is there. */
  readonly typed: (string | null)[];
}

/** 2026-11-21T10:00:00Z. */
export const START_MS = 1_795_255_200_000;

export function fakeIo(
  url: string,
  options: { isTerminal?: boolean; env?: Record<string, string> } = {},
): FakeIo {
  const written = { out: "", err: "" };
  let elapsed = 0;
  const left = new AbortController();
  const { isTerminal = false } = options;
  const files = new Map<string, string | Uint8Array>([
    ["token", `coeval_${"a".repeat(64)}\n`],
    ["ca.pem", authority],
  ]);
  const typed: (string | null)[] = [];
  return {
    stdout: { write: (text) => void (written.out += text), isTerminal, columns: 80 },
    stderr: { write: (text) => void (written.err += text), isTerminal, columns: 80 },
    env: { COEVAL_URL: url, COEVAL_TOKEN_FILE: "token", COEVAL_CA: "ca.pem", ...options.env },
    clock: {
      nowMs: () => START_MS + elapsed,
      elapsedMs: () => elapsed,
      async sleep(ms, cancel) {
        await setImmediate();
        cancel?.throwIfAborted();
        elapsed += ms;
      },
    },
    async read(path) {
      const content = files.get(path);
      if (content === undefined) throw new Error(`ENOENT: no such file, open '${path}'`);
      return typeof content === "string" ? new TextEncoder().encode(content) : content;
    },
    ask: async () => typed.shift() ?? null,
    interrupt: () => left.signal,
    out: () => written.out,
    err: () => written.err,
    files,
    leave: () => left.abort(new Error("interrupted")),
    typed,
  };
}
