import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { HdfsErrorCode } from "../errors.ts";
import type { HdfsClient } from "../hdfs/client.ts";
import { createWebHdfsClient } from "./client.ts";
import aclStatus from "./fixtures/acl-status.json" with { type: "json" };
import blockLocations from "./fixtures/block-locations.json" with { type: "json" };
import configurationUnset from "./fixtures/configuration-unset.json" with { type: "json" };
import configuration from "./fixtures/configuration.json" with { type: "json" };
import contentSummary from "./fixtures/content-summary.json" with { type: "json" };
import createSnapshot from "./fixtures/create-snapshot.json" with { type: "json" };
import directoryPageOfFile from "./fixtures/directory-page-of-file.json" with { type: "json" };
import directoryPage from "./fixtures/directory-page.json" with { type: "json" };
import errorDenied from "./fixtures/error-denied.json" with { type: "json" };
import errorHasSnapshots from "./fixtures/error-has-snapshots.json" with { type: "json" };
import errorNotFound from "./fixtures/error-not-found.json" with { type: "json" };
import errorNotSnapshottable from "./fixtures/error-not-snapshottable.json" with { type: "json" };
import errorSnapshotExists from "./fixtures/error-snapshot-exists.json" with { type: "json" };
import fileStatus from "./fixtures/file-status.json" with { type: "json" };
import jmxInfo from "./fixtures/jmx-info.json" with { type: "json" };
import jmxStatus from "./fixtures/jmx-status.json" with { type: "json" };
import mkdirs from "./fixtures/mkdirs.json" with { type: "json" };
import quotaUsage from "./fixtures/quota-usage.json" with { type: "json" };
import serverDefaults from "./fixtures/server-defaults.json" with { type: "json" };
import snapshotDiffPage from "./fixtures/snapshot-diff-page.json" with { type: "json" };
import snapshotDiff from "./fixtures/snapshot-diff.json" with { type: "json" };
import snapshots from "./fixtures/snapshots.json" with { type: "json" };
import snapshottableDirectories from "./fixtures/snapshottable-directories.json" with { type: "json" };
import storagePolicy from "./fixtures/storage-policy.json" with { type: "json" };
import xattrs from "./fixtures/xattrs.json" with { type: "json" };
import { collect, refused } from "./probes.ts";
import { type Recorded, replayedWorld } from "./replayed-world.ts";

/** A client that sends exactly the recorded requests, in any order, and gets the recorded answers. */
function clientOf(user: string, ...recordings: readonly Recorded[]): HdfsClient {
  const { world } = replayedWorld((request) => {
    const found = recordings.find(
      (each) => each.request.path === request.path && each.request.method === request.method,
    );
    assert.ok(
      found,
      `${request.method} ${request.path} is none of ${recordings.map(({ request: { path } }) => path).join(", ")}`,
    );
    return found.response;
  });
  const nameNode = { host: "namenode", port: 9870, secure: false };
  return createWebHdfsClient(world, { nameNode, identity: { kind: "simple", user } });
}

describe("what a real NameNode (3.4.2) answered", () => {
  test("status of a file whose name needs encoding", async () => {
    const status = await clientOf("hdfs", fileStatus).getFileStatus("/rec/file+1;&");
    const { fileId, modificationTimeMs, accessTimeMs, ...rest } = status;
    assert.ok(fileId > 16_385 && modificationTimeMs > 1e12 && accessTimeMs > 1e12);
    assert.deepEqual(rest, {
      name: "",
      type: "file",
      lengthBytes: 5,
      owner: "hdfs",
      group: "supergroup",
      permission: 0o640,
      replication: 1,
      blockSizeBytes: 134_217_728,
      childrenNum: 0,
      storagePolicy: 0,
      hasAcl: false,
      encrypted: false,
      erasureCoded: false,
      ecPolicy: null,
      symlink: null,
      snapshottable: false,
    });
  });

  test("a page of a directory", async () => {
    const { entries, remaining } = await clientOf("hdfs", directoryPage).listStatusPage("/rec", "");
    assert.equal(remaining, 0);
    assert.deepEqual(
      entries.map(({ name, type, permission, hasAcl }) => [name, type, permission, hasAcl]),
      [
        ["dir ü", "directory", 0o1750, true],
        ["file+1;&", "file", 0o640, false],
        ["sticky", "directory", 0o1777, false],
      ],
    );
    await refused(clientOf("hdfs", directoryPageOfFile).listStatusPage("/rec/file+1;&", ""), "notADirectory");
  });

  test("ACL, xattrs, storage policy", async () => {
    assert.deepEqual(await clientOf("hdfs", aclStatus).getAclStatus("/rec/dir ü"), {
      owner: "hdfs",
      group: "supergroup",
      permission: 0o1750,
      entries: [
        "user:bob:rwx",
        "group::r-x",
        "default:user::rwx",
        "default:group::r-x",
        "default:other::---",
      ],
    });
    const found = await clientOf("hdfs", xattrs).getXAttrs("/rec/file+1;&");
    assert.deepEqual(
      new Map(found.map(({ name, value }) => [name, [...value]])),
      new Map([
        ["user.empty", []],
        ["trusted.ü", [0, 255, 16]],
      ]),
    );
    assert.deepEqual(await clientOf("hdfs", storagePolicy).getStoragePolicy("/rec"), { id: 7, name: "HOT" });
  });

  test("sizes, quotas and blocks", async () => {
    const summary = await clientOf("hdfs", contentSummary).getContentSummary("/");
    assert.deepEqual([summary.lengthBytes, summary.fileCount], [5, 1]);
    assert.deepEqual(
      summary.quota,
      { names: null, spaceBytes: null },
      "the root's greatest long is no limit",
    );
    assert.deepEqual((await clientOf("hdfs", quotaUsage).getQuotaUsage("/rec/dir ü")).quota, {
      names: 100,
      spaceBytes: null,
    });
    const located = await clientOf("hdfs", blockLocations).getBlockLocations("/rec/file+1;&", {
      offsetBytes: 0,
      lengthBytes: 5,
    });
    assert.deepEqual(
      [located.fileLengthBytes, located.underConstruction, located.lastBlockComplete],
      [5, false, true],
    );
    assert.match(located.blocks[0]?.blockId ?? "", /^107374\d+$/);
  });

  test("snapshots and their difference", async () => {
    assert.equal(await clientOf("hdfs", createSnapshot).createSnapshot("/rec", "s 1"), "/rec/.snapshot/s 1");
    const [snapshot] = await clientOf("hdfs", snapshots).getSnapshots("/rec");
    assert.deepEqual([snapshot?.name, snapshot?.snapshotId, snapshot?.deleted], ["s 1", 0, false]);
    const [directory] = await clientOf("hdfs", snapshottableDirectories).getSnapshottableDirectories();
    assert.deepEqual(
      [directory?.path, directory?.snapshotCount, directory?.snapshotQuota],
      ["/rec", 1, 65_536],
    );
    const report = await clientOf("hdfs", snapshotDiff).getSnapshotDiff("/rec", "s 1", "");
    const rename = { type: "rename", path: "file+1;&", target: "dir ü/moved" };
    assert.deepEqual(
      report.find(({ type }) => type === "rename"),
      rename,
    );
    const [page] = await collect(clientOf("hdfs", snapshotDiffPage).getSnapshotDiffPages("/rec", "s 1", ""));
    assert.deepEqual(
      page?.deleted.map(({ path, target }) => [path, target]),
      [
        ["file+1;&", "dir ü/moved"],
        ["sticky", null],
      ],
    );
    assert.equal(page?.created.length, 2);
  });

  test("the cluster, its defaults and its configuration", async () => {
    const info = await clientOf("hdfs", jmxInfo, jmxStatus).getClusterInfo();
    assert.match(info.clusterId, /^CID-/);
    assert.deepEqual(
      [info.softwareVersion, info.haState, info.safeMode, info.liveDataNodes?.length],
      ["3.4.2", "active", null, 1],
    );
    assert.equal(info.liveDataNodes?.[0]?.https, null);
    assert.equal(info.capacityUsedBytes, 24_592);
    assert.equal((await clientOf("hdfs", serverDefaults).getServerDefaults()).keyProviderUri, null);
    assert.equal(await clientOf("hdfs", configuration).getConfiguration("dfs.blocksize"), "134217728");
    assert.equal(await clientOf("hdfs", configurationUnset).getConfiguration("no.such.key"), null);
    await clientOf("hdfs", mkdirs).mkdirs("/rec/dir ü", 0o755);
  });

  test("refusals", async () => {
    const cases: [Recorded, string, (client: HdfsClient) => Promise<unknown>, HdfsErrorCode][] = [
      [errorNotFound, "hdfs", (client) => client.getFileStatus("/none"), "notFound"],
      [errorDenied, "bob", (client) => client.mkdirs("/rec/x", 0o755), "accessControl"],
      [errorNotSnapshottable, "hdfs", (client) => client.createSnapshot("/rec/new", "s"), "notSnapshottable"],
      [errorSnapshotExists, "hdfs", (client) => client.createSnapshot("/rec", "s 1"), "snapshotExists"],
      [errorHasSnapshots, "hdfs", (client) => client.delete("/rec", { recursive: true }), "hasSnapshots"],
    ];
    for (const [recording, user, act, code] of cases) await refused(act(clientOf(user, recording)), code);
  });
});
