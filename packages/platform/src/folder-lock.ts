/**
 * One process a data folder. SQLite's exclusive lock rests on the kernel's record locks: they end with the process, kill -9
 * included, are not inherited by processes it starts, and exclude a second opening within one process too.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { CoevalError } from "@coeval/core/errors";
import { makePrivateFolder } from "./private-folder.ts";

export interface FolderLock {
  /** Safe to call twice. */
  release(): void;
}

/** Only ever locked, never written: the kernel's lock is the truth. */
export const LOCK_FILE = "lock";
/** Who holds the lock, for the message only. */
export const LOCK_OWNER_FILE = "lock.pid";

/** Takes the folder for this process; makes it when absent. Throws CoevalError `folder-in-use` when another one has it. */
export function lockFolder(folder: string): FolderLock {
  makePrivateFolder(folder);
  const database = new DatabaseSync(join(folder, LOCK_FILE), { timeout: 0 });
  try {
    database.exec("BEGIN EXCLUSIVE");
  } catch (cause) {
    database.close();
    if (!isBusy(cause)) throw cause;
    throw new CoevalError("folder-in-use", `${ownerOf(folder)} already uses the data folder ${folder}`, {
      cause,
    });
  }
  writeFileSync(join(folder, LOCK_OWNER_FILE), `${process.pid}\n`, { mode: 0o600 });
  return {
    release() {
      if (database.isOpen) database.close();
    },
  };
}

/** SQLITE_BUSY, https://www.sqlite.org/rescode.html#busy */
const SQLITE_BUSY = 5;

function isBusy(thrown: unknown): boolean {
  return thrown instanceof Error && "errcode" in thrown && thrown.errcode === SQLITE_BUSY;
}

function ownerOf(folder: string): string {
  try {
    const owner = Number.parseInt(readFileSync(join(folder, LOCK_OWNER_FILE), "utf8"), 10);
    return Number.isNaN(owner) ? "another process" : `process ${owner}`;
  } catch {
    // The owner has the lock and not yet written its number.
    return "another process";
  }
}
