/** Files that a person names on the command line: read only, bounded, outside any data folder. */
import { createReadStream, existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { CoevalError } from "@coeval/core/errors";

/** The text of a file. Throws CoevalError `bad-input` when it cannot be read, `too-large` beyond the bound. */
export function readSmallText(path: string, bytesMax: number): string {
  try {
    const { size } = statSync(path);
    if (size > bytesMax) throw new CoevalError("too-large", `${path} has ${size} bytes; ${bytesMax} at most`);
    return readFileSync(path, "utf8");
  } catch (cause) {
    if (cause instanceof CoevalError) throw cause;
    throw new CoevalError("bad-input", `${path} cannot be read: ${reason(cause)}`, { cause });
  }
}

/** The same; null when there is no such file. */
export function readTextIfThere(path: string, bytesMax: number): string | null {
  return existsSync(path) ? readSmallText(path, bytesMax) : null;
}

/** The bytes of a file, in chunks. */
export function readChunks(path: string): AsyncIterable<Uint8Array> {
  return createReadStream(path);
}

/** Files named `name`: `path` itself when it is no folder, else in it, else in the folders directly below. */
export function findFiles(path: string, name: string): string[] {
  if (!existsSync(path)) throw new CoevalError("not-found", `there is no ${path}`);
  if (!statSync(path).isDirectory()) return [path];
  const own = join(path, name);
  if (existsSync(own)) return [own];
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(path, entry.name, name))
    .filter((file) => existsSync(file));
}

/** The file of this name beside another one; null when there is none. */
export function siblingFile(path: string, name: string): string | null {
  const file = join(path, "..", name);
  return existsSync(file) ? file : null;
}

function reason(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
