/** A data folder in memory, read in small chunks, that can be made to fail. */
import { joinBytes } from "@coeval/core/model/bytes";
import { CoevalError } from "@coeval/core/errors";
import type { Files } from "@coeval/core/ports/files";

const CHUNK_BYTES = 1000;

export interface FakeFiles extends Files {
  /** What was committed. It outlives a process. */
  readonly content: Map<string, Uint8Array>;
  /** Called before each write and commit; what it throws is the disk's failure. */
  fault: ((what: "write" | "commit", path: string) => void) | null;
}

export function createFakeFiles(): FakeFiles {
  const content = new Map<string, Uint8Array>();
  const files: FakeFiles = {
    content,
    fault: null,
    async *read(path, offset = 0) {
      const bytes = content.get(path);
      if (!bytes) throw new CoevalError("file-missing", `${path} is not there`);
      for (let at = offset; at < bytes.length; at += CHUNK_BYTES) yield bytes.subarray(at, at + CHUNK_BYTES);
    },
    async create(path) {
      const parts: Uint8Array[] = [];
      return {
        async write(bytes) {
          files.fault?.("write", path);
          parts.push(bytes.slice());
        },
        async commit() {
          files.fault?.("commit", path);
          content.set(path, joinBytes(parts));
        },
        abort: async () => undefined,
      };
    },
    size: async (path) => content.get(path)?.length ?? null,
    async list(folder) {
      const below = [...content.keys()].filter((path) => path.startsWith(`${folder}/`));
      return [...new Set(below.map((path) => path.slice(folder.length + 1).split("/")[0] as string))].sort();
    },
    async remove(path) {
      for (const name of content.keys())
        if (name === path || name.startsWith(`${path}/`)) content.delete(name);
    },
  };
  return files;
}
