/**
 * A data folder on the local disk. A new file is written under `.temp/`, synced, renamed, and its folder synced;
 * what a crash left in `.temp/` is removed when the folder is opened. One process at a time: see folder-lock.ts.
 */
import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { CoevalError } from "@coeval/core/errors";
import type { Files, FileWriter } from "@coeval/core/ports/files";
import { plainBytes } from "./plain-bytes.ts";
import { FILE_MODE, FOLDER_MODE, makePrivateFolder } from "./private-folder.ts";

/** Where unfinished files lie: on the same file system, so that the rename is atomic. */
const TEMP_FOLDER = ".temp";
const CHUNK_BYTES = 64 * 1024;
const PATH_BYTES_MAX = 1024;

/** Opens (or makes, 0700) the folder `root`. Files in it are 0600. */
export function createFiles(root: string): Files {
  makePrivateFolder(root);
  const temp = join(root, TEMP_FOLDER);
  rmSync(temp, { recursive: true, force: true });
  makePrivateFolder(temp);
  const locate = (path: string) => join(root, inside(path));

  return {
    async *read(path, offset = 0) {
      const file = await open(locate(path), "r").catch((cause) => missing(path, cause));
      try {
        let position = offset;
        for (;;) {
          const { bytesRead, buffer } = await file.read(
            Buffer.allocUnsafe(CHUNK_BYTES),
            0,
            CHUNK_BYTES,
            position,
          );
          if (bytesRead === 0) return;
          position += bytesRead;
          yield plainBytes(buffer.subarray(0, bytesRead));
        }
      } catch (cause) {
        // A folder opens like a file and only then refuses to be read.
        throw hasCode(cause, "EISDIR")
          ? new CoevalError("file-missing", `${path} is a folder`, { cause })
          : cause;
      } finally {
        await file.close();
      }
    },

    create: (path) => createWriter(join(temp, randomUUID()), locate(path)),

    async size(path) {
      const found = await stat(locate(path)).catch(absent);
      return found?.isFile() ? found.size : null;
    },

    async list(folder) {
      const names = await readdir(folder === "" ? root : locate(folder)).catch(absent);
      return (names ?? []).filter((name) => folder !== "" || name !== TEMP_FOLDER).sort();
    },

    async remove(path) {
      const place = locate(path);
      await rm(place, { recursive: true, force: true });
      await syncFolder(dirname(place)).catch(absent);
    },
  };
}

async function createWriter(temporary: string, place: string): Promise<FileWriter> {
  const file = await open(temporary, "wx", FILE_MODE);
  let closed = false;
  const close = async () => {
    if (closed) return;
    closed = true;
    await file.close();
  };
  return {
    async write(bytes) {
      for (let from = 0; from < bytes.length; ) {
        const { bytesWritten } = await file.write(bytes, from, bytes.length - from);
        from += bytesWritten;
      }
    },
    async commit() {
      await file.sync();
      await close();
      await makeFolder(dirname(place));
      await rename(temporary, place);
      await syncFolder(dirname(place));
    },
    async abort() {
      await close();
      await rm(temporary, { force: true });
    },
  };
}

/** Makes the folder durably: each new one is synced into the one above it. */
async function makeFolder(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true, mode: FOLDER_MODE });
  if (first === undefined) return;
  for (let made = folder; ; made = dirname(made)) {
    await syncFolder(dirname(made));
    if (resolve(made) === resolve(first)) return;
  }
}

/** A rename is on disk only once its folder is. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The path as it is, or CoevalError `bad-input` when it could name anything outside the folder or our own `.temp`. */
function inside(path: string): string {
  const steps = path.split("/");
  const bad =
    Buffer.byteLength(path) > PATH_BYTES_MAX ||
    path.includes("\0") ||
    steps[0] === TEMP_FOLDER ||
    steps.some((step) => step === "" || step === "." || step === "..");
  if (bad) throw new CoevalError("bad-input", `${JSON.stringify(path)} is no path inside the data folder`);
  return path;
}

function missing(path: string, cause: unknown): never {
  if (!hasCode(cause, "ENOENT") && !hasCode(cause, "ENOTDIR")) throw cause;
  throw new CoevalError("file-missing", `${path} is not in the data folder`, { cause });
}

/** For calls to which an absent file is an answer. */
function absent(cause: unknown): null {
  if (hasCode(cause, "ENOENT") || hasCode(cause, "ENOTDIR")) return null;
  throw cause;
}

function hasCode(thrown: unknown, code: string): boolean {
  return thrown instanceof Error && "code" in thrown && thrown.code === code;
}
