/** Everything that a process of ours is handed at its start, on this machine. */
import type { World } from "@coeval/core/ports/world";
import { createClock } from "./clock.ts";
import { createFiles } from "./files.ts";
import { lockFolder } from "./folder-lock.ts";
import { createHash, createSignatureCheck } from "./hash.ts";
import { createLog } from "./log.ts";
import { createRandom } from "./random.ts";

export interface WorldOptions {
  /** The process's own folder, made (0700) when absent. */
  readonly dataFolder: string;
  /** Without it the log goes to stderr. */
  readonly logFile?: string;
}

/** Locks the data folder first: CoevalError `folder-in-use` when another process has it. `close` gives it back. */
export function createWorld(options: WorldOptions): World & { close(): void } {
  const lock = lockFolder(options.dataFolder);
  const clock = createClock();
  return {
    clock,
    random: createRandom(),
    hash: createHash(),
    signatures: createSignatureCheck(),
    files: createFiles(options.dataFolder),
    log: createLog({ clock }, options.logFile === undefined ? {} : { file: options.logFile }),
    close: () => lock.release(),
  };
}
