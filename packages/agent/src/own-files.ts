/** The agent's data folder with its failures explained: a disk that is full or broken is the operator's to mend, not a defect of ours. */
import { CoevalError } from "@coeval/core/errors";
import type { Files } from "@coeval/core/ports/files";

/** As `files`; what is no CoevalError becomes a `data-folder`. */
export function ownFiles(files: Files): Files {
  return {
    async *read(path, offset) {
      try {
        yield* files.read(path, offset);
      } catch (thrown) {
        throw explained(thrown);
      }
    },
    async create(path) {
      const file = await told(files.create(path));
      return {
        write: (bytes) => told(file.write(bytes)),
        commit: () => told(file.commit()),
        abort: () => told(file.abort()),
      };
    },
    size: (path) => told(files.size(path)),
    list: (folder) => told(files.list(folder)),
    remove: (path) => told(files.remove(path)),
  };
}

async function told<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (thrown) {
    throw explained(thrown);
  }
}

function explained(thrown: unknown): unknown {
  if (thrown instanceof CoevalError) return thrown;
  const why = thrown instanceof Error ? thrown.message : String(thrown);
  return new CoevalError("data-folder", `the agent's data folder: ${why}`, { cause: thrown });
}
