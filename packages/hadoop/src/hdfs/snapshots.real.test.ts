/** Snapshots, their differences and open files over every protocol against a real cluster: the behaviour of HDFS that the rest
 * of the project builds on (FACTS.md). */
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { createClock } from "@coeval/platform/clock";
import type { HdfsClient } from "./client.ts";
import { joinPath, snapshotPath } from "./path.ts";
import { realCluster } from "../real-cluster.real.ts";
import { bytes, collect, contentOf, heldOpen, numbered, refused, textOf } from "../webhdfs/probes.ts";

const BLOCK_BYTES = 1024 * 1024;
const FILE = { permission: 0o644, overwrite: false };

/** What every protocol offers. */
type Client = Omit<HdfsClient, "getFileChecksum">;

for (const protocol of ["webhdfs", "native"] as const) {
  describe(protocol, () => {
    const real = realCluster(`${protocol}-snapshots`, {
      blockSizeBytes: BLOCK_BYTES,
      dataNodeLocateDelayMs: 1,
      groups: { alice: ["staff"] },
      hdfsSite: { "dfs.namenode.snapshotdiff.listing.limit": "7" },
    });
    let hdfs: Client;
    let alice: Client;
    let bob: Client;

    const clientOf = (user: string): Client => (protocol === "native" ? real.native(user) : real.web(user));

    before(() => {
      hdfs = clientOf("hdfs");
      alice = clientOf("alice");
      bob = clientOf("bob");
    });

    /** A directory of its own for a test, owned by alice. */
    async function aliceDirectory(path: string): Promise<string> {
      await hdfs.mkdirs(path, 0o755);
      await hdfs.setOwner(path, { owner: "alice", group: "staff" });
      return path;
    }

    /** Looks again until `seen` is true of what it finds. */
    async function until<T>(look: () => Promise<T>, seen: (value: T) => boolean): Promise<T> {
      const clock = createClock();
      for (let tries = 0; tries < 200; tries++) {
        const value = await look();
        if (seen(value)) return value;
        await clock.sleep(25);
      }
      throw new Error("it did not come to pass within 5 s");
    }

    describe("snapshots", () => {
      test("who may, under which name, and what is answered otherwise", async () => {
        const root = await aliceDirectory("/snap");
        await refused(alice.createSnapshot(root, "s"), "notSnapshottable");
        await refused(alice.getSnapshots(root), "notSnapshottable");
        await refused(alice.allowSnapshot(root), "accessControl");
        await hdfs.allowSnapshot(root);
        await hdfs.allowSnapshot(root);
        await refused(bob.createSnapshot(root, "s"), "accessControl");
        assert.equal(await alice.createSnapshot(root, "s"), "/snap/.snapshot/s");
        await refused(alice.createSnapshot(root, "s"), "snapshotExists");
        await refused(alice.createSnapshot(root, ""), "invalidArgument");
        await refused(alice.createSnapshot(root, "a/b"), "invalidPath");
        await hdfs.createSnapshot(root, "odd %+ü;&#");
        assert.deepEqual(
          (await alice.getSnapshots(root)).map(({ name }) => name),
          ["odd %+ü;&#", "s"],
        );
        await refused(hdfs.allowSnapshot("/"), "nestedSnapshottable");
        await refused(bob.deleteSnapshot(root, "s"), "accessControl");
        await refused(alice.deleteSnapshot(root, "none"), "snapshotNotFound");
        await refused(hdfs.disallowSnapshot(root), "hasSnapshots");
        await refused(hdfs.delete(root, { recursive: true }), "hasSnapshots");
        await refused(hdfs.rename(root, "/snap2", { overwrite: false }), "hasSnapshots");
        await refused(hdfs.mkdirs("/snap/.snapshot/s/x", 0o755), "snapshotReadOnly");
        assert.deepEqual(
          (await alice.getSnapshottableDirectories()).map(({ path, snapshotCount }) => [path, snapshotCount]),
          [["/snap", 2]],
        );
        assert.deepEqual(await bob.getSnapshottableDirectories(), []);
        await alice.deleteSnapshot(root, "odd %+ü;&#");
      });

      test("the creation stamp is the root's mtime until a rename sets it anew", async () => {
        await hdfs.createSnapshot("/snap", "t");
        const [created] = (await hdfs.getSnapshots("/snap")).filter(({ name }) => name === "t");
        assert.equal(
          (await hdfs.getFileStatus(snapshotPath("/snap", "t"))).modificationTimeMs,
          created?.root.modificationTimeMs,
        );
        await createClock().sleep(5);
        await hdfs.renameSnapshot("/snap", "t", "current");
        const [renamed] = (await hdfs.getSnapshots("/snap")).filter(({ name }) => name === "current");
        assert.equal(renamed?.snapshotId, created?.snapshotId);
        assert.ok((renamed?.root.modificationTimeMs ?? 0) > (created?.root.modificationTimeMs ?? Infinity));
        await refused(hdfs.renameSnapshot("/snap", "s", "current"), "snapshotExists");
        await refused(hdfs.renameSnapshot("/snap", "none", "x"), "snapshotNotFound");
      });

      test("rights on a snapshot path are those of the snapshot, not of the live tree", async () => {
        const root = "/hold";
        await hdfs.mkdirs("/hold/d", 0o755);
        await hdfs.create("/hold/d/f", bytes("sealed"), FILE);
        await hdfs.allowSnapshot(root);
        await hdfs.createSnapshot(root, "open");
        await hdfs.setPermission(root, 0o700);
        await hdfs.createSnapshot(root, "closed");
        await hdfs.renameSnapshot(root, "open", "current");
        assert.equal(await textOf(bob, "/hold/.snapshot/current/d/f"), "sealed");
        assert.deepEqual(
          (await collect(bob.listStatus("/hold/.snapshot/current"))).map(({ name }) => name),
          ["d"],
        );
        await refused(collect(bob.listStatus("/hold/.snapshot")), "accessControl");
        await refused(bob.getFileStatus("/hold/d/f"), "accessControl");
        await hdfs.setPermission(root, 0o755);
        await refused(bob.getFileStatus("/hold/.snapshot/closed/d/f"), "accessControl");
      });

      test("the diff to now names a closed root alone, and paged it carries inode ids", async () => {
        await hdfs.mkdirs("/diff/staging", 0o755);
        for (let index = 0; index < 20; index++) await hdfs.create(`/diff/f${index}`, bytes("x"), FILE);
        await hdfs.mkdirs("/plain", 0o755);
        await hdfs.allowSnapshot("/diff");
        await hdfs.createSnapshot("/diff", "s");
        assert.deepEqual(await hdfs.getSnapshotDiff("/diff", "s", ""), []);
        await hdfs.setPermission("/diff", 0o700);
        await hdfs.setTimes("/diff/f1", { modificationTimeMs: 5 });
        assert.deepEqual(await hdfs.getSnapshotDiff("/diff", "s", ""), [
          { type: "modify", path: "", target: null },
        ]);
        await hdfs.rename("/diff/f1", "/diff/staging/moved ü", { overwrite: false });
        for (let index = 10; index < 20; index++) await hdfs.delete(`/diff/f${index}`, { recursive: false });
        const report = await hdfs.getSnapshotDiff("/diff", "s", "");
        assert.deepEqual(
          report.filter(({ type }) => type === "rename"),
          [{ type: "rename", path: "f1", target: "staging/moved ü" }],
        );
        const pages = await collect(hdfs.getSnapshotDiffPages("/diff", "s", ""));
        assert.ok(pages.length > 1, "pages of seven entries");
        const deleted = pages.flatMap((page) => page.deleted).filter(({ target }) => target === null);
        assert.equal(deleted.length, 10);
        const moved = pages.flatMap((page) => page.deleted).find(({ target }) => target !== null);
        assert.equal(moved?.fileId, (await hdfs.getFileStatus("/diff/staging/moved ü")).fileId);
        await refused(hdfs.getSnapshotDiff("/diff", "none", ""), "snapshotNotFound");
        await refused(hdfs.getSnapshotDiff("/plain", "s", ""), "notSnapshottable");
      });
    });

    describe("open files", () => {
      test("are listed by fsck, also where names hurt, and grow inside a snapshot until they are closed", async () => {
        const root = await aliceDirectory("/open & <here>");
        await hdfs.allowSnapshot(root);
        const names = ["a", "b 5 bytes, x", "c&d", "ü'\""];
        const writers = names.map((name) => {
          const held = heldOpen(numbered(BLOCK_BYTES + 200_000));
          return {
            ...held,
            path: joinPath(root, name),
            written: hdfs.create(joinPath(root, name), held.body, FILE),
          };
        });
        await hdfs.create(joinPath(root, "closed"), bytes("x"), FILE);
        const open = await until(
          () => collect(hdfs.listOpenFiles(root)),
          (files) => files.filter(({ lengthBytes }) => lengthBytes > 0).length === names.length,
        );
        assert.deepEqual(open.map(({ path }) => path).toSorted(), writers.map(({ path }) => path).toSorted());
        await hdfs.createSnapshot(root, "s");
        const frozen = await hdfs.getFileStatus(snapshotPath(root, "s", "a"));
        const stamp = (await hdfs.getFileStatus(snapshotPath(root, "s"))).modificationTimeMs;
        assert.equal(
          (await contentOf(hdfs, snapshotPath(root, "s", "a"), 0, frozen.lengthBytes)).length,
          frozen.lengthBytes,
        );
        assert.ok(frozen.modificationTimeMs <= stamp);
        for (const writer of writers) {
          writer.finish(bytes("more"));
          await writer.written;
        }
        const grown = await hdfs.getFileStatus(snapshotPath(root, "s", "a"));
        assert.equal(grown.lengthBytes, BLOCK_BYTES + 200_004);
        assert.ok(
          grown.modificationTimeMs > stamp,
          "its mtime gives away that it was closed after the snapshot",
        );
        assert.deepEqual(await hdfs.getSnapshotDiff(root, "s", ""), []);
        assert.deepEqual(await collect(alice.listOpenFiles(root)), []);
        await hdfs.mkdirs(joinPath(root, "private"), 0o700);
        await refused(collect(alice.listOpenFiles(root)), "accessControl");
        await refused(collect(hdfs.listOpenFiles("/none")), "notFound");
      });
    });
  });
}
