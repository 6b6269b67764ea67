/** Names, directories and attributes over every protocol against a real cluster: odd names, two users, exact renames. */
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { fullAcl } from "./acl.ts";
import type { HdfsClient } from "./client.ts";
import { compareNames } from "./name-order.ts";
import { joinPath } from "./path.ts";
import { realCluster } from "../real-cluster.real.ts";
import { bytes, collect, ODD_NAMES, refused, textOf } from "../webhdfs/probes.ts";

const FILE = { permission: 0o644, overwrite: false };

/** What every protocol offers. */
type Client = Omit<HdfsClient, "getFileChecksum">;

for (const protocol of ["webhdfs", "native"] as const) {
  describe(protocol, () => {
    const real = realCluster(`${protocol}-tree`, {
      dataNodeLocateDelayMs: 1,
      groups: { alice: ["staff"] },
      hdfsSite: { "dfs.ls.limit": "50" },
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

    describe("names", () => {
      test("files and directories with odd names are made, read, listed, renamed and deleted", async () => {
        await hdfs.mkdirs("/odd", 0o755);
        for (const name of ODD_NAMES) {
          await hdfs.mkdirs(joinPath("/odd", name), 0o755);
          const file = joinPath(joinPath("/odd", name), name);
          await hdfs.create(file, bytes(name), FILE);
          assert.equal(await textOf(hdfs, file), name, JSON.stringify(name));
          await hdfs.rename(file, `${file.slice(0, -name.length)}renamed`, { overwrite: false });
          await hdfs.rename(`${file.slice(0, -name.length)}renamed`, file, { overwrite: false });
          await hdfs.append(file, bytes("!"));
          assert.equal((await hdfs.getFileStatus(file)).lengthBytes, bytes(name).length + 1);
        }
        const listed = (await collect(hdfs.listStatus("/odd"))).map(({ name }) => name);
        assert.deepEqual(listed, ODD_NAMES.toSorted(compareNames));
        for (const name of ODD_NAMES) {
          const below = await collect(hdfs.listStatus(joinPath("/odd", name)));
          assert.deepEqual(
            below.map((entry) => entry.name),
            [name],
          );
          assert.equal(await hdfs.delete(joinPath("/odd", name), { recursive: true }), true);
        }
        assert.deepEqual(await collect(hdfs.listStatus("/odd")), []);
      });

      test("a listing goes on over pages, whatever name a page ends with", async () => {
        await hdfs.mkdirs("/pages", 0o755);
        const names = Array.from(
          { length: 130 },
          (_, index) => `${["a;", "ü", "%+", "z"][index % 4]}${index}`,
        );
        await Promise.all(names.map((name) => hdfs.mkdirs(joinPath("/pages", name), 0o755)));
        const page = await hdfs.listStatusPage("/pages", "");
        assert.deepEqual([page.entries.length, page.remaining], [50, 80]);
        const listed = (await collect(hdfs.listStatus("/pages"))).map(({ name }) => name);
        assert.deepEqual(listed, names.toSorted(compareNames));
      });

      test("what is no name of HDFS is refused", async () => {
        await refused(hdfs.mkdirs("/odd/a\0b", 0o755), "invalidPath");
        await refused(hdfs.mkdirs("/odd/\ud800", 0o755), "invalidPath");
        await refused(hdfs.mkdirs("/odd/../b", 0o755), "invalidPath");
        await refused(hdfs.mkdirs("/odd/a:b", 0o755), "invalidPath");
        await refused(hdfs.mkdirs(`/odd/${"x".repeat(256)}`, 0o755), "limitExceeded");
        await refused(hdfs.getFileStatus("/nowhere"), "notFound");
        await refused(collect(hdfs.listStatus("/nowhere")), "notFound");
      });
    });

    describe("tree", () => {
      test("rename is exact: it neither replaces nor enters unasked", async () => {
        await hdfs.mkdirs("/tree/full", 0o755);
        await hdfs.mkdirs("/tree/empty", 0o755);
        await hdfs.create("/tree/full/x", bytes("x"), FILE);
        await hdfs.create("/tree/a", bytes("a"), FILE);
        await hdfs.create("/tree/b", bytes("b"), FILE);
        await refused(hdfs.rename("/tree/a", "/tree/b", { overwrite: false }), "alreadyExists");
        await refused(hdfs.rename("/tree/a", "/tree/full", { overwrite: false }), "alreadyExists");
        await hdfs.rename("/tree/a", "/tree/b", { overwrite: true });
        assert.equal(await textOf(hdfs, "/tree/b"), "a");
        await hdfs.rename("/tree/full", "/tree/empty", { overwrite: true });
        await hdfs.mkdirs("/tree/other", 0o755);
        await refused(hdfs.rename("/tree/other", "/tree/empty", { overwrite: true }), "notEmpty");
        await refused(hdfs.rename("/tree/none", "/tree/c", { overwrite: false }), "notFound");
        await refused(hdfs.rename("/tree/b", "/tree/none/c", { overwrite: false }), "notFound");
        await refused(hdfs.rename("/tree/other", "/tree/b/c", { overwrite: false }), "parentNotDirectory");
      });

      test("rename changes the mtime of both parents and of nothing else", async () => {
        await hdfs.mkdirs("/tree/from", 0o755);
        await hdfs.mkdirs("/tree/to", 0o755);
        await hdfs.create("/tree/from/f", bytes("f"), FILE);
        for (const path of ["/tree/from/f", "/tree/from", "/tree/to"])
          await hdfs.setTimes(path, { modificationTimeMs: 1000 });
        await hdfs.rename("/tree/from/f", "/tree/to/f", { overwrite: false });
        assert.equal((await hdfs.getFileStatus("/tree/to/f")).modificationTimeMs, 1000);
        for (const path of ["/tree/from", "/tree/to"])
          assert.ok((await hdfs.getFileStatus(path)).modificationTimeMs > 1000);
      });

      test("delete tells absent from gone, and keeps a filled directory", async () => {
        await refused(hdfs.delete("/tree/to", { recursive: false }), "notEmpty");
        assert.equal(await hdfs.delete("/tree/to", { recursive: true }), true);
        assert.equal(await hdfs.delete("/tree/to", { recursive: true }), false);
        await refused(collect(hdfs.listStatus("/tree/b")), "notADirectory");
        await refused(hdfs.mkdirs("/tree/b/c", 0o755), "parentNotDirectory", "alreadyExists");
      });

      test("quotas are set, told, kept and lifted", async () => {
        await hdfs.mkdirs("/quota", 0o755);
        await hdfs.setQuota("/quota", { names: 2, spaceBytes: null });
        assert.deepEqual((await hdfs.getQuotaUsage("/quota")).quota, { names: 2, spaceBytes: null });
        await hdfs.mkdirs("/quota/one", 0o755);
        await refused(hdfs.mkdirs("/quota/two", 0o755), "quotaExceeded");
        await hdfs.setQuota("/quota", { names: null, spaceBytes: 1000 });
        await refused(hdfs.create("/quota/f", bytes("x"), FILE), "quotaExceeded");
        await hdfs.setQuota("/quota", { names: null, spaceBytes: null });
        assert.deepEqual((await hdfs.getContentSummary("/quota")).quota, { names: null, spaceBytes: null });
        await refused(bob.setQuota("/quota", { names: null, spaceBytes: null }), "accessControl");
        assert.deepEqual((await hdfs.getContentSummary("/")).quota, { names: null, spaceBytes: null });
      });

      test("rights, home and trash", async () => {
        await aliceDirectory("/rights");
        await alice.checkAccess("/rights", "rwx");
        await refused(bob.checkAccess("/rights", "-w-"), "accessControl");
        assert.equal(await bob.getHomeDirectory(), "/user/bob");
        assert.equal(await bob.getTrashRoot("/rights"), "/user/bob/.Trash");
      });
    });

    describe("attributes", () => {
      test("owner, mode with sticky bit, replication and lists change no mtime; times are set on both kinds", async () => {
        await hdfs.mkdirs("/attributes/d", 0o755);
        await hdfs.create("/attributes/f", bytes("f"), FILE);
        for (const path of ["/attributes/d", "/attributes/f"]) {
          await hdfs.setTimes(path, {
            modificationTimeMs: 1_234_567_890_123,
            accessTimeMs: 1_234_567_890_999,
          });
          await hdfs.setOwner(path, { owner: "alice", group: "staff" });
          await hdfs.setPermission(path, 0o1770);
          await hdfs.setXAttr(path, { name: "user.colour", value: bytes("blue") });
          await hdfs.setAcl(path, ["user::rwx", "user:bob:r-x", "group::r--", "mask::r-x", "other::---"]);
          const status = await hdfs.getFileStatus(path);
          assert.deepEqual(
            [status.modificationTimeMs, status.accessTimeMs],
            [1_234_567_890_123, 1_234_567_890_999],
          );
          assert.deepEqual([status.owner, status.group, status.hasAcl], ["alice", "staff", true]);
          assert.equal(status.permission, 0o1750);
        }
        await hdfs.setReplication("/attributes/f", 2);
        assert.equal((await hdfs.getFileStatus("/attributes/f")).replication, 2);
        await refused(hdfs.setReplication("/attributes/none", 2), "notFound");
        await refused(bob.setOwner("/attributes/f", { owner: "bob" }), "accessControl");
        await refused(bob.setTimes("/attributes/f", { modificationTimeMs: 0 }), "accessControl");
      });

      test("an ACL written from fullAcl is the ACL that was read", async () => {
        const lists = [
          ["user::rwx", "user:bob:rwx", "group::r-x", "group:staff:rwx", "mask::r-x", "other::---"],
          [
            "user::rwx",
            "group::r-x",
            "other::r--",
            "default:user::rwx",
            "default:group::r-x",
            "default:other::---",
          ],
          [
            "user::rwx",
            "user:bob:r--",
            "group::---",
            "mask::--x",
            "other::---",
            "default:user::rwx",
            "default:user:bob:r-x",
            "default:group::r-x",
            "default:mask::rwx",
            "default:other::---",
          ],
        ];
        for (const [index, list] of lists.entries()) {
          const [from, to] = [`/acl/from${index}`, `/acl/to${index}`];
          await hdfs.mkdirs(from, 0o700);
          await hdfs.mkdirs(to, 0o777);
          await hdfs.setAcl(from, list);
          await hdfs.setPermission(from, (await hdfs.getAclStatus(from)).permission | 0o1000);
          const read = await hdfs.getAclStatus(from);
          await hdfs.setPermission(to, read.permission);
          await hdfs.setAcl(to, fullAcl(read) ?? []);
          assert.deepEqual(await hdfs.getAclStatus(to), read);
        }
        await hdfs.setAcl("/acl/to2", lists[0] ?? []);
        assert.deepEqual(
          (await hdfs.getAclStatus("/acl/to2")).entries,
          (await hdfs.getAclStatus("/acl/from0")).entries,
        );
        await hdfs.create("/acl/to2/f", bytes("f"), FILE);
        await hdfs.setAcl("/acl/to2/f", lists[0] ?? []);
        assert.equal((await hdfs.getAclStatus("/acl/to2/f")).entries.length, 3);
        await hdfs.removeAcl("/acl/to0");
        const removed = await hdfs.getAclStatus("/acl/to0");
        assert.deepEqual([removed.entries, fullAcl(removed)], [[], null]);
        await refused(hdfs.setAcl("/acl/to0", ["user:bob:rwx"]), "aclRefused");
      });

      test("xattrs are bytes, may be empty, and trusted ones are the superuser's", async () => {
        await aliceDirectory("/xattrs");
        const value = Uint8Array.from({ length: 256 }, (_, index) => index);
        await hdfs.setXAttr("/xattrs", { name: "trusted.coeval", value });
        await alice.setXAttr("/xattrs", { name: "user.ü &=+%", value: new Uint8Array() });
        await alice.setXAttr("/xattrs", { name: "user.a", value: bytes("1") });
        await alice.setXAttr("/xattrs", { name: "user.a", value: bytes("2") });
        const seen = async (client: Client) =>
          Object.fromEntries(
            (await client.getXAttrs("/xattrs")).map((xattr) => [
              xattr.name,
              Buffer.from(xattr.value).toString("hex"),
            ]),
          );
        assert.deepEqual(await seen(alice), { "user.a": "32", "user.ü &=+%": "" });
        assert.deepEqual(await seen(hdfs), {
          "user.a": "32",
          "user.ü &=+%": "",
          "trusted.coeval": Buffer.from(value).toString("hex"),
        });
        await alice.removeXAttr("/xattrs", "user.a");
        await refused(alice.removeXAttr("/xattrs", "user.a"), "xattrNotFound");
        await refused(alice.setXAttr("/xattrs", { name: "trusted.x", value }), "accessControl");
        await refused(
          hdfs.setXAttr("/xattrs", { name: "user.big", value: new Uint8Array(20_000) }),
          "limitExceeded",
        );
        await hdfs.setXAttr("/xattrs", { name: "user.full", value: new Uint8Array(16_000) });
      });

      test("storage policies are told and set", async () => {
        assert.equal((await hdfs.getStoragePolicy("/xattrs")).name, "HOT");
        await hdfs.setStoragePolicy("/xattrs", "WARM");
        assert.equal((await hdfs.getStoragePolicy("/xattrs")).name, "WARM");
      });
    });
  });
}
