/**
 * A process's own data folder. Paths are relative to it, `/`-separated; nothing outside can be named.
 * What is committed survives a crash; what is not leaves no trace under its final name.
 */
export interface Files {
  /** The bytes of a file from `offset` on, in chunks of at most 64 KiB. Rejects with CoevalError `file-missing`. */
  read(path: string, offset?: number): AsyncIterable<Uint8Array>;
  /** Writes a whole new file; it appears under its name, durably, at commit. */
  create(path: string): Promise<FileWriter>;
  /** Size in bytes, or null when there is none. */
  size(path: string): Promise<number | null>;
  /** Names directly below a folder, sorted; empty when it does not exist. */
  list(folder: string): Promise<string[]>;
  /** Removes a file, or a folder with all below it; succeeds when absent. */
  remove(path: string): Promise<void>;
}

/** One new file on its way; exactly one of `commit` and `abort` ends it. */
export interface FileWriter {
  write(bytes: Uint8Array): Promise<void>;
  /** Flushes, syncs and renames into place. */
  commit(): Promise<void>;
  /** Forgets what was written. Safe after a failed write. */
  abort(): Promise<void>;
}
