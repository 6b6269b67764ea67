// What is copied: so many files of so many bytes, written by Hadoop's own shell, 1,000 in a directory.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestCluster } from "../e2e/harness/clusters.ts";
import { hdfs } from "./hdfs.ts";

export interface Load {
  readonly name: string;
  readonly files: number;
  /** Of one file. */
  readonly bytes: number;
}

const FILES_IN_A_DIRECTORY = 1000;
const PIECE_BYTES = 64 * 1024 * 1024;

/** Writes the load into a new snapshottable directory. */
export async function seed(cluster: TestCluster, load: Load, path: string): Promise<void> {
  const local = mkdtempSync(join(tmpdir(), "coeval-bench-"));
  try {
    for (let number = 0; number < load.files; number++) {
      const folder = join(local, `d${Math.floor(number / FILES_IN_A_DIRECTORY)}`);
      mkdirSync(folder, { recursive: true });
      const file = join(folder, `f${number}`);
      writeFileSync(file, "");
      for (let left = load.bytes; left > 0; left -= PIECE_BYTES)
        writeFileSync(file, Buffer.alloc(Math.min(left, PIECE_BYTES), number % 251), { flag: "a" });
    }
    await hdfs(cluster, ["dfs", "-mkdir", "-p", path]);
    const quick = "-Ddfs.client.block.write.locateFollowingBlock.initial.delay.ms=1";
    const folders = Array.from({ length: Math.ceil(load.files / FILES_IN_A_DIRECTORY) }, (_, at) =>
      join(local, `d${at}`),
    );
    await hdfs(cluster, ["dfs", quick, "-put", "-t", "8", ...folders, path]);
    await hdfs(cluster, ["dfsadmin", "-allowSnapshot", path]);
  } finally {
    rmSync(local, { recursive: true, force: true });
  }
}
