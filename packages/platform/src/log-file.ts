/** A file that lines are added to, bounded: when full it becomes FILE.1, that one FILE.2, and the oldest goes. */
import { closeSync, fstatSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { FILE_MODE, FOLDER_MODE } from "./private-folder.ts";

export const LOG_FILE_BYTES_MAX = 16 * 1024 * 1024;
/** The one being written included. */
export const LOG_FILES_MAX = 4;

/** Adds each text to `file`. What cannot be written there (a full disk) goes to `instead`, with the cause once. */
export function createLogFile(
  file: string,
  instead: (text: string) => void,
  bytesMax: number = LOG_FILE_BYTES_MAX,
): (text: string) => void {
  mkdirSync(dirname(file), { recursive: true, mode: FOLDER_MODE });
  let handle = openSync(file, "a", FILE_MODE);
  let bytes = fstatSync(handle).size;
  let failing = false;

  const rotate = () => {
    rmSync(`${file}.${LOG_FILES_MAX - 1}`, { force: true });
    for (let age = LOG_FILES_MAX - 2; age >= 0; age--)
      renameIfThere(age === 0 ? file : `${file}.${age}`, `${file}.${age + 1}`);
    const fresh = openSync(file, "a", FILE_MODE);
    closeSync(handle);
    handle = fresh;
    bytes = 0;
  };

  return (text) => {
    const encoded = Buffer.from(text);
    try {
      if (bytes > 0 && bytes + encoded.length > bytesMax) rotate();
      for (let from = 0; from < encoded.length; ) from += writeSync(handle, encoded, from);
      bytes += encoded.length;
      failing = false;
    } catch (cause) {
      if (!failing)
        instead(`the log file ${file} cannot be written, its lines follow here: ${String(cause)}\n`);
      failing = true;
      instead(text);
    }
  };
}

function renameIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (cause) {
    if (!(cause instanceof Error && "code" in cause && cause.code === "ENOENT")) throw cause;
  }
}
