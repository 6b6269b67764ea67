/** A process's data folder in memory. What was committed survives the process; what was not is gone with it. */
import { joinBytes } from "@coeval/core/model/bytes";
import { CoevalError } from "@coeval/core/errors";
import type { Files, FileWriter } from "@coeval/core/ports/files";
import type { Life } from "./life.ts";
import type { Seed } from "./seed.ts";
import type { Timeline } from "./timeline.ts";

/** The disk behind the folder; it outlives the processes. */
export interface Disk {
  /** Path → content, committed. */
  readonly files: Map<string, Uint8Array>;
  /** Ms that one call takes at most. */
  latencyMsMax: number;
  /** Bytes that still fit. */
  freeBytes: number;
}

/** Of a call to a disk in fair weather. */
export const LATENCY_MS_MAX = 0.3;
const CHUNK_BYTES = 64 * 1024;

export function createDisk(): Disk {
  return { files: new Map(), latencyMsMax: LATENCY_MS_MAX, freeBytes: Number.POSITIVE_INFINITY };
}

/** The files port of one life. */
export function createFiles(timeline: Timeline, disk: Disk, life: Life, seed: Seed): Files {
  const call = <T>(label: string, act: () => T): Promise<T> =>
    life.port(`files.${label}`, async () => {
      await timeline.pass(seed.between(0, disk.latencyMsMax));
      return act();
    });
  return {
    async *read(path, offset = 0) {
      const content = await call("read", () => disk.files.get(path));
      if (!content) throw new CoevalError("file-missing", `${path} is not in the data folder`);
      for (let at = offset; at < content.length; at += CHUNK_BYTES) {
        yield content.subarray(at, Math.min(at + CHUNK_BYTES, content.length));
      }
    },
    create: (path) => call("create", () => createWriter(disk, path, call)),
    size: (path) => call("size", () => disk.files.get(path)?.length ?? null),
    list: (folder) => call("list", () => namesIn(disk, folder)),
    remove: (path) =>
      call("remove", () => {
        for (const [name, content] of disk.files) {
          if (name !== path && !name.startsWith(`${path}/`)) continue;
          disk.files.delete(name);
          disk.freeBytes += content.length;
        }
      }),
  };
}

function createWriter(
  disk: Disk,
  path: string,
  call: <T>(label: string, act: () => T) => Promise<T>,
): FileWriter {
  const parts: Uint8Array[] = [];
  let length = 0;
  let over = false;
  const open = (): void => {
    if (over) throw new TypeError(`the writer of ${path} is spent`);
  };
  return {
    async write(bytes) {
      open();
      if (length + bytes.length > disk.freeBytes)
        throw new Error(`ENOSPC: no space left on device, write '${path}'`);
      parts.push(bytes.slice());
      length += bytes.length;
    },
    commit: () =>
      call("commit", () => {
        open();
        over = true;
        disk.freeBytes -= length - (disk.files.get(path)?.length ?? 0);
        disk.files.set(path, joinBytes(parts));
      }),
    async abort() {
      over = true;
    },
  };
}

function namesIn(disk: Disk, folder: string): string[] {
  const prefix = folder === "" ? "" : `${folder}/`;
  const names = new Set<string>();
  for (const path of disk.files.keys()) {
    if (path.startsWith(prefix)) names.add(path.slice(prefix.length).split("/")[0] as string);
  }
  return [...names].sort();
}
