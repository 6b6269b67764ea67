/** The memory driver passes the conformance suite, with small pages and on clusters of both kinds. */
import { test } from "node:test";
import { conformanceSuite } from "../conformance/suite.ts";
import { createHdfsSource } from "../hdfs/source.ts";
import { createHdfsTarget } from "../hdfs/target.ts";
import { createMemoryCluster } from "./cluster.ts";
import { createTestWorld } from "./test-world.ts";
import type { ConformanceCluster } from "../conformance/harness.ts";

for (const captureOpenFiles of [false, true]) {
  conformanceSuite(
    captureOpenFiles ? "memory, freezing open files" : "memory",
    test,
    async (): Promise<ConformanceCluster> => {
      const world = createTestWorld();
      const cluster = createMemoryCluster(world, { name: "east", captureOpenFiles, pageEntries: 7 });
      const edits = cluster.workload();
      const { source, target, fs, as } = cluster;
      return {
        source,
        target,
        fs,
        as,
        sourceAs: (user) => createHdfsSource(world, as(user)),
        targetAs: (user) => createHdfsTarget(world, as(user)),
        append: async (path, bytes) => edits.append(path, bytes),
        truncate: async (path, length) => edits.truncate(path, length),
        async openForWrite(path) {
          const writer = edits.open(path);
          return { write: async (bytes) => writer.write(bytes), close: async () => writer.close() };
        },
        setQuota: async (directory, quota) => cluster.setQuota(directory, quota),
      };
    },
    { firstSeed: 1, count: 40, moments: 5, edits: 25 },
  );
}
