/** Source and target on a file system in memory, for one process: what a driver remembers dies with its process. */
import type { Source } from "@coeval/core/ports/source";
import type { Target } from "@coeval/core/ports/target";
import type { FileSystem } from "../hdfs/file-system.ts";
import { createHdfsSource, type HdfsWorld } from "../hdfs/source.ts";
import { createHdfsTarget } from "../hdfs/target.ts";

export { gated } from "../hdfs/gated.ts";
export type { FileSystem } from "../hdfs/file-system.ts";

export interface MemoryDrivers {
  readonly source: Source;
  readonly target: Target;
}

/** @param world of the process: receipts are bounded by its clock. */
export function createMemoryDrivers(world: HdfsWorld, fs: FileSystem): MemoryDrivers {
  return { source: createHdfsSource(world, fs), target: createHdfsTarget(world, fs) };
}
