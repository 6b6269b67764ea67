/** A manifest: all entries of a point in manifest order, one canonical JSON line each. Streamed, never held. */
import { CoevalError } from "../errors.ts";
import type { Hash } from "../ports/hash.ts";
import { canonical, type Json } from "./canonical.ts";
import type { ManifestSummary } from "./certificate.ts";
import type { Entry } from "./entry.ts";

/** Characters of one line (UTF-16 units): a path, its ACL and its xattrs at HDFS's own bounds, with room. */
export const LINE_LENGTH_MAX = 4 * 1024 * 1024;
const FLUSH_BYTES = 64 * 1024;

/** Gathers the summary of a manifest while its lines pass. */
export interface ManifestTally {
  /** Counts one entry and returns its line, newline included. */
  line(entry: Entry): string;
  summary(): ManifestSummary;
}

/** A new tally. */
export function tallyManifest(hash: Hash): ManifestTally {
  const hasher = hash.sha256();
  let files = 0;
  let directories = 0;
  let bytes = 0;
  return {
    line(entry) {
      const line = `${canonical(entry as unknown as Json)}\n`;
      hasher.update(line);
      if (entry.type === "file") files++;
      else directories++;
      bytes += entry.length;
      return line;
    },
    summary: () => ({ sha256: hasher.hex(), files, directories, bytes }),
  };
}

/**
 * Values from a stream of JSON lines, believed to be what we wrote. A last line without newline is refused: the file was cut.
 * @throws CoevalError `corrupt` for lines beyond LINE_LENGTH_MAX, bad JSON or UTF-8, naming the line.
 */
export async function* readLines<T>(chunks: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<T> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let rest = "";
  let number = 0;
  const decode = (chunk?: Uint8Array): string => {
    try {
      return chunk ? decoder.decode(chunk, { stream: true }) : decoder.decode();
    } catch (cause) {
      throw new CoevalError("corrupt", `${name}:${number + 1}: no UTF-8`, { cause });
    }
  };
  for await (const chunk of chunks) {
    const lines = (rest + decode(chunk)).split("\n");
    rest = lines.pop() as string;
    for (const line of lines) yield parseLine<T>(line, name, ++number);
    checkLength(rest, name, number + 1);
  }
  // The decoder may still hold the beginning of a character.
  if (rest + decode() !== "")
    throw new CoevalError("corrupt", `${name}:${number + 1}: the last line was cut`);
}

/** Lines gathered into chunks worth writing. */
export async function* inChunks(lines: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  let pending: string[] = [];
  let size = 0;
  for await (const line of lines) {
    pending.push(line);
    size += line.length;
    if (size < FLUSH_BYTES) continue;
    yield encoder.encode(pending.join(""));
    pending = [];
    size = 0;
  }
  if (size > 0) yield encoder.encode(pending.join(""));
}

function checkLength(line: string, name: string, number: number): void {
  if (line.length <= LINE_LENGTH_MAX) return;
  throw new CoevalError("corrupt", `${name}:${number}: line longer than ${LINE_LENGTH_MAX} characters`);
}

function parseLine<T>(line: string, name: string, number: number): T {
  checkLength(line, name, number);
  try {
    return JSON.parse(line) as T;
  } catch (cause) {
    throw new CoevalError("corrupt", `${name}:${number}: no JSON`, { cause });
  }
}
