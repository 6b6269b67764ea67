import assert from "node:assert/strict";
import { test } from "node:test";
import { collect } from "../webhdfs/probes.ts";
import answers from "./fixtures/answers.json" with { type: "json" };
import { recordedNameNode } from "./recorded-name-node.ts";

const { client, clock } = recordedNameNode(answers);
const RANGE = { offsetBytes: 0, lengthBytes: 1000 };

test("a status, a listing with blocks, a file's blocks", async () => {
  const status = await clock.run(client.getFileStatus("/d"));
  assert.ok(status.fileId > 16_000);
  assert.ok(status.modificationTimeMs > 1.7e12);
  const { entries, remaining } = await clock.run(client.listLocatedPage("/d", ""));
  assert.equal(remaining, 0);
  assert.deepEqual(
    entries.map(({ name, type, lengthBytes }) => [name, type, lengthBytes]),
    [
      ["ü f", "file", 1000],
      ["e", "directory", 0],
    ],
  );
  assert.equal(entries[1]?.permission, 0o1750);
  const file = await clock.run(client.getBlockLocations("/d/ü f", RANGE));
  assert.deepEqual(
    [file.fileLengthBytes, file.underConstruction, file.lastBlockComplete],
    [1000, false, true],
  );
  assert.deepEqual(file.blocks, entries[0]?.blocks?.blocks);
  assert.match(file.blocks[0]?.locations[0] ?? "", /^127\.0\.0\.1:\d+$/);
});

test("lists of rights, extended attributes, quotas", async () => {
  const acl = await clock.run(client.getAclStatus("/d"));
  assert.deepEqual([acl.owner, acl.group], ["alice", "staff"]);
  assert.deepEqual(acl.entries.slice(0, 2), ["user:bob:r-x", "group::r-x"]);
  const xattrs = await clock.run(client.getXAttrs("/d"));
  assert.deepEqual(
    Object.fromEntries(xattrs.map(({ name, value }) => [name, new TextDecoder().decode(value)])),
    { "user.colour": "blue", "trusted.x": "" },
  );
  assert.deepEqual((await clock.run(client.getQuotaUsage("/d"))).quota, { names: 100, spaceBytes: null });
  assert.deepEqual(await clock.run(client.getStoragePolicy("/d")), { id: 7, name: "HOT" });
});

test("snapshots and their differences", async () => {
  const [snapshot] = await clock.run(client.getSnapshots("/d"));
  assert.deepEqual([snapshot?.name, snapshot?.path, snapshot?.deleted], ["s", "/d/.snapshot/s", false]);
  const [directory] = await clock.run(client.getSnapshottableDirectories());
  assert.deepEqual([directory?.path, directory?.snapshotCount], ["/d", 1]);
  const entries = await clock.run(client.getSnapshotDiff("/d", "s", ""));
  assert.deepEqual(entries.map(({ type, path, target }) => [type, path, target]).toSorted(), [
    ["create", "n", null],
    ["modify", "", null],
    ["modify", "e", null],
    ["rename", "ü f", "e/g"],
  ]);
  const [page] = await clock.run(collect(client.getSnapshotDiffPages("/d", "s", "")));
  assert.deepEqual(
    page?.deleted.map(({ path, target }) => [path, target]),
    [["ü f", "e/g"]],
  );
});

test("the cluster, its DataNodes, its edits, its policies", async () => {
  const identity = await clock.run(client.getNamespaceIdentity());
  assert.match(identity.clusterId, /^CID-/);
  const [dataNode] = await clock.run(client.getDataNodes("all"));
  assert.match(dataNode?.transfer ?? "", /^127\.0\.0\.1:\d+$/);
  const { batches, lastTxid, syncTxid } = await clock.run(client.getEdits(1));
  assert.ok(lastTxid !== null && lastTxid <= syncTxid);
  assert.ok(
    batches.some(({ events }) =>
      events.some((event) => event.type === "rename" && event.target === "/d/e/g"),
    ),
  );
  const policies = await clock.run(client.getErasureCodingPolicies());
  assert.equal(policies.find(({ id }) => id === 1)?.dataUnits, 6);
});
