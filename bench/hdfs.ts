// Hadoop's own commands against a cluster of the pair, with a benchmark's patience.
import { type HdfsCommand, tryHdfsCli } from "@coeval/testbed/hdfs-cli";
import type { TestCluster } from "../e2e/harness/clusters.ts";

const LIMIT_MS = 1_800_000;
const HEAP_MIB = 1024;

export async function hdfs(cluster: TestCluster, words: readonly [HdfsCommand, ...string[]]): Promise<void> {
  const { status, stderr } = await tryHdfsCli({ ...cluster, kerberos: null }, words, {
    timeoutMs: LIMIT_MS,
    heapMib: HEAP_MIB,
  });
  if (status !== 0) throw new Error(`hdfs ${words.join(" ")} ended with ${status}: ${stderr.slice(-1500)}`);
}
