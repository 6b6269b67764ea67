/** Listings and reading: order, names, every attribute, bounded reads. */
import { compareEntries } from "@coeval/core/model/entry";
import { assert, assertEqual, type Ground, refused, type Scenario } from "./harness.ts";
import { collect, entriesOf, gather, makeDirectories, makeSet, ODD_NAMES, put, take } from "./trees.ts";

export function listingTests(scenario: Scenario): void {
  scenario("entries come in manifest order, odd names and empty directories included", order);
  scenario("a listing shows the snapshot, whatever happens to the live tree", immutable);
  scenario("every attribute is listed", attributes);
  scenario("a file is read from an offset, and one that is too short is corrupt", reading);
}

async function order(ground: Ground): Promise<void> {
  const second = await makeSet(ground, "second");
  const first = await makeSet(ground, "first");
  for (const name of ODD_NAMES) {
    await makeDirectories(ground, `${first.path}/${name}`);
    await put(ground, `${first.path}/a/${name}`, name);
  }
  await put(ground, `${second.path}/only`, "");
  const prepared = await take(ground, [second, first], "coeval-a");
  const listed = await collect(ground.cluster.source.list(prepared, ground.cancel));
  for (const [index, entry] of listed.entries()) {
    const before = listed[index - 1];
    assert(!before || compareEntries(before, entry) < 0, `${before?.path} comes before ${entry.path}`);
  }
  const wanted = ["", ...ODD_NAMES, ...ODD_NAMES.map((name) => `a/${name}`)].sort();
  const found = listed.filter(({ set }) => set === "first").map(({ path }) => path);
  assertEqual([...found].sort(), wanted, "paths");
  assertEqual(
    listed.filter(({ set }) => set === "second").map(({ path }) => path),
    ["", "only"],
    "second set",
  );
}

async function immutable(ground: Ground): Promise<void> {
  const { fs } = ground.cluster;
  const set = await makeSet(ground, "data");
  await put(ground, `${set.path}/dir/file`, "before");
  const prepared = await take(ground, [set], "coeval-a");
  const before = await entriesOf(ground, prepared);
  await put(ground, `${set.path}/dir/file`, "overwritten");
  await fs.setOwner(`${set.path}/dir`, "bob", "staff", ground.cancel);
  await fs.rename(`${set.path}/dir`, `${set.path}/moved`, ground.cancel);
  await fs.remove(`${set.path}/moved`, ground.cancel);
  assertEqual(await entriesOf(ground, prepared), before, "entries");
  const file = before.find(({ path }) => path === "dir/file");
  assert(file, "the file is listed");
  const bytes = await gather(
    ground.cluster.source.read(prepared, { ...file, hasAcl: false }, 0, ground.cancel),
  );
  assertEqual(new TextDecoder().decode(bytes), "before", "content");
}

async function attributes(ground: Ground): Promise<void> {
  const { fs } = ground.cluster;
  const set = await makeSet(ground, "data");
  const file = `${set.path}/file`;
  await put(ground, file, "12345", { replication: 2, blockSize: 2 * 1024 * 1024 });
  const acl = ["user::rw-", "group::r--", "mask::rwx", "other::---", "user:bob:r-x", "group:staff:-w-"];
  await fs.setOwner(file, "alice", "staff", ground.cancel);
  await fs.setAcl(file, acl, ground.cancel);
  await fs.setXattr(file, ["user.b", "00ff"], ground.cancel);
  await fs.setXattr(file, ["trusted.a", ""], ground.cancel);
  await fs.setTimes(file, 1_600_000_000_123, 1_600_000_000_456, ground.cancel);
  await fs.setMode(set.path, 0o1775, ground.cancel);
  const [top, entry] = await entriesOf(ground, await take(ground, [set], "coeval-a"));
  assertEqual(top?.mode, 0o1775, "sticky mode");
  assert(top?.acl === undefined && top?.xattrs === undefined, "absent when there are none");
  const { id, ...rest } = entry ?? { id: "" };
  assert(/^\d+$/.test(id), "a decimal id");
  const wanted = {
    set: "data",
    path: "file",
    type: "file",
    length: 5,
    mtimeMs: 1_600_000_000_123,
    atimeMs: 1_600_000_000_456,
    owner: "alice",
    group: "staff",
    mode: 0o670,
    replication: 2,
    blockSize: 2 * 1024 * 1024,
    acl: ["group::r--", "group:staff:-w-", "user:bob:r-x"],
    xattrs: [
      ["trusted.a", ""],
      ["user.b", "00ff"],
    ],
  };
  assertEqual(rest, wanted, "attributes");
}

async function reading(ground: Ground): Promise<void> {
  const { source } = ground.cluster;
  const set = await makeSet(ground, "data");
  const content = "0123456789".repeat(20_000);
  await put(ground, `${set.path}/file`, content);
  const prepared = await take(ground, [set], "coeval-a");
  const entry = (await collect(source.list(prepared, ground.cancel))).find(({ path }) => path === "file");
  assert(entry, "the file is listed");
  const text = async (offset: number, length = entry.length) =>
    new TextDecoder().decode(
      await gather(source.read(prepared, { ...entry, length }, offset, ground.cancel)),
    );
  assert((await text(0)) === content, "the whole file");
  assert((await text(150_001)) === content.slice(150_001), "from an offset");
  assertEqual(await text(3, 7), "3456", "the stated length only, as for a file that was open");
  assertEqual(await text(entry.length), "", "at the end");
  await refused(text(0, entry.length + 1), "corrupt");
}
