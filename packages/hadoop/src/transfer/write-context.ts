/** What writing a file needs, and the words for its failures. */
import { HdfsError, type HdfsErrorCode } from "../errors.ts";
import type { FileWriting, WritingFile } from "../namenode/file-writing.ts";
import type { Clock } from "../world.ts";
import type { ChunkSums } from "./chunk-sums.ts";
import type { DataNodes } from "./data-nodes.ts";
import type { Watchdog } from "./watchdog.ts";

/** See the top of this file. */
export interface WriteContext {
  readonly clock: Clock;
  readonly watchdog: Watchdog;
  readonly dataNodes: DataNodes;
  readonly nameNode: FileWriting;
  /** Under which the NameNode knows the writer; DataNodes are told it too. */
  readonly clientName: string;
  readonly file: WritingFile;
  readonly replication: number;
  readonly blockSizeBytes: number;
  readonly sums: ChunkSums;
}

/** Of a write that failed: the file is left shorter than it should be. */
export function writeFailure(
  { file }: WriteContext,
  code: HdfsErrorCode,
  reason: string,
  cause?: unknown,
): HdfsError {
  return new HdfsError({ code, operation: "WRITE", path: file.path, reason, cause, maybeDone: true });
}
