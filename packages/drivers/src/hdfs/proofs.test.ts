/** The driver believes no cluster: what did not take effect is named. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { CoevalError } from "@coeval/core/errors";
import type { Entry } from "@coeval/core/model/entry";
import { createMemoryCluster } from "../memory/cluster.ts";
import { createTestWorld } from "../memory/test-world.ts";
import type { FileSystem } from "./file-system.ts";
import { createHdfsSource } from "./source.ts";
import { createHdfsTarget } from "./target.ts";

const cancel = new AbortController().signal;
const holding = { service: "s", directory: "/holding", run: "r", sets: [], basePoint: null };
const at = { top: 1, relative: "" };
const entry: Entry = {
  set: "data",
  path: "file",
  type: "file",
  id: "20000",
  length: 3,
  mtimeMs: 1_600_000_000_000,
  atimeMs: 1_600_000_000_001,
  owner: "alice",
  group: "staff",
  mode: 0o640,
  replication: 3,
  blockSize: 1024 * 1024,
  acl: ["group::r--", "user:bob:rwx"],
  xattrs: [["user.k", "00"]],
};

/** Its own, because an ACL sets the permission bits along the way. */
const plain: Entry = { ...entry, acl: [], mode: 0o604 };

const silent: [call: keyof FileSystem, attribute: string][] = [
  ["setOwner", "owner hdfs instead of alice"],
  ["setMode", "mode 600 instead of 604"],
  ["setTimes", "mtime"],
  ["setReplication", "replication"],
  ["setAcl", "ACL"],
  ["setXattr", "xattrs"],
];

for (const [call, attribute] of silent) {
  test(`a ${call} without effect is found when the file is read back`, async () => {
    const world = createTestWorld();
    const { fs, target } = createMemoryCluster(world, { name: "west" });
    await target.open(holding, cancel);
    await fs.create(
      "/holding/.coeval-stage/r/new/1",
      { mode: 0o600, replication: 1, blockSize: entry.blockSize },
      bytes(),
      cancel,
    );
    const deaf = createHdfsTarget(world, { ...fs, [call]: async () => {} });
    const wanted = call === "setMode" ? plain : entry;
    await assert.rejects(deaf.finishStaged(holding, at, wanted, cancel), (thrown: unknown) => {
      assert.ok(thrown instanceof CoevalError && thrown.code === "not-equal");
      assert.ok(thrown.message.includes("data:file") && thrown.message.includes(attribute), thrown.message);
      return true;
    });
    await target.finishStaged(holding, at, wanted, cancel);
  });
}

test("a name system that cannot list after a snapshot's deletion stops all snapshot work with advice", async () => {
  const world = createTestWorld();
  const cluster = createMemoryCluster(world, { name: "east" });
  cluster.workload().makeDirectory("/data");
  cluster.workload().allowSnapshot("/data");
  const broken = async () => {
    throw new CoevalError("cluster-refused", "java.lang.NullPointerException");
  };
  const source = createHdfsSource(world, { ...cluster.fs, listPage: broken });
  const request = {
    sets: [{ name: "data", component: "hdfs" as const, path: "/data" }],
    snapshotName: "coeval-a",
  };
  const prepared = await source.prepare(request, cancel);
  await source.snapshot(prepared, cancel);
  await assert.rejects(source.release(prepared, null, cancel), {
    code: "cluster-refused",
    message: /do not restart it/,
  });
});

async function* bytes(): AsyncGenerator<Uint8Array> {
  yield new Uint8Array(3);
}
