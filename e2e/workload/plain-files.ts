// Directories with a few plain files of known sizes, for stories that count the bytes that move.
import { randomBytes } from "node:crypto";
import type { WebHdfs } from "../independent/webhdfs.ts";

export const PLAIN_FILES = 5;
export const PLAIN_FILE_BYTES = 2000;
/** Of one directory. */
export const PLAIN_BYTES = PLAIN_FILES * PLAIN_FILE_BYTES;

/** Makes a directory with files below it. */
export async function plainFiles(hdfs: WebHdfs, directory: string, allowSnapshots: boolean): Promise<void> {
  await hdfs.call("PUT", `${directory}/below`, "MKDIRS");
  if (allowSnapshots) await hdfs.call("PUT", directory, "ALLOWSNAPSHOT");
  for (let i = 0; i < PLAIN_FILES; i++)
    await hdfs.write(`${directory}/${i % 2 === 0 ? "below/" : ""}file-${i}`, randomBytes(PLAIN_FILE_BYTES));
}
