/** Snapshots: covering roots, repeats, what forbids them, open files, release. */
import { compileFilters } from "@coeval/core/model/path-filter";
import { assert, assertEqual, type Ground, refused, type Scenario } from "./harness.ts";
import { collect, makeDirectories, makeSet, put, take } from "./trees.ts";

export function snapshotTests(scenario: Scenario): void {
  scenario("data sets below one snapshottable directory share one snapshot", oneCoveringRoot);
  scenario("a repeated snapshot is the same one, and its receipt spans both requests", repeats);
  scenario("the roots of data sets are found whatever is missing, and their snapshots by name", rootsFound);
  scenario("a snapshot of our name that was there before is refused", foreignSnapshot);
  scenario("what cannot be taken is refused by name, with the command that mends it", refusals);
  scenario("a data set removed after it was prepared is named", removedMeanwhile);
  scenario("an open file is listed with its length in the snapshot, wherever it was moved", openFiles);
  scenario(
    "the owner of a root takes its snapshots, and lists open files where every directory is open to it",
    byOwner,
  );
  scenario("released snapshots are gone, and releasing them again is success", release);
  scenario("the diff between snapshots names what was modified", modified);
  scenario(
    "a pattern means directories, live and in a snapshot, each with what forbids to take it",
    matching,
  );
  scenario("examining changes nothing and tells what accepting means", examine);
  scenario(
    "data sets are measured without what only snapshots hold, and unreadable ones are named",
    measures,
  );
  scenario("inspecting tells what the user may do, and which granted directories can be used", inspects);
}

async function oneCoveringRoot(ground: Ground): Promise<void> {
  const { source, fs } = ground.cluster;
  await makeSet(ground, "top");
  for (const name of ["one", "two"]) await makeDirectories(ground, `${ground.folder}/top/${name}`);
  const alone = await makeSet(ground, "alone");
  const below = (name: string) => ({
    name,
    component: "hdfs" as const,
    path: `${ground.folder}/top/${name}`,
  });
  const request = { sets: [below("two"), alone, below("one")], snapshotName: "coeval-a" };
  const prepared = await source.prepare(request, ground.cancel);
  const roots = prepared.roots.map(({ root, sets }) => [
    root.slice(ground.folder.length),
    sets.map(({ name }) => name),
  ]);
  assertEqual(
    roots,
    [
      ["/alone", ["alone"]],
      ["/top", ["two", "one"]],
    ],
    "roots",
  );
  const taken = await source.snapshot(prepared, ground.cancel);
  assertEqual(
    taken.map(({ root }) => root.slice(ground.folder.length)),
    ["/alone", "/top"],
    "snapshots",
  );
  for (const { root, clusterStampMs, firstSentElapsedMs, answeredElapsedMs } of taken) {
    assert(firstSentElapsedMs <= answeredElapsedMs, "the receipt's bounds are in order");
    const live = await fs.status(root, ground.cancel);
    assertEqual(clusterStampMs, live?.mtimeMs, "the snapshot's stamp is the root's new time");
  }
}

async function rootsFound(ground: Ground): Promise<void> {
  const { source } = ground.cluster;
  const set = await makeSet(ground, "data");
  const gone = { name: "gone", component: "hdfs" as const, path: `${set.path}/gone/deep` };
  const nowhere = { name: "nowhere", component: "hdfs" as const, path: `${ground.folder}/nowhere` };
  await take(ground, [set], "coeval-a");
  await take(ground, [set], "coeval-b");
  const roots = await source.roots([nowhere, gone, set], ground.cancel);
  const found = roots.map(({ root, sets }) => [root, sets.map(({ name }) => name)]);
  assertEqual(found, [[set.path, ["gone", "data"]]], "roots");
  const names = await source.snapshots(set.path, "coeval-", ground.cancel);
  assertEqual(names, ["coeval-a", "coeval-b"], "oldest first");
}

async function repeats(ground: Ground): Promise<void> {
  const { source, fs } = ground.cluster;
  const set = await makeSet(ground, "data");
  const prepared = await source.prepare({ sets: [set], snapshotName: "coeval-a" }, ground.cancel);
  const [first] = await source.snapshot(prepared, ground.cancel);
  await put(ground, `${set.path}/later`, "not in the snapshot");
  const [again] = await source.snapshot(prepared, ground.cancel);
  assert(first && again, "both answer");
  assertEqual(again.firstSentElapsedMs, first.firstSentElapsedMs, "first request");
  assert(again.answeredElapsedMs >= first.answeredElapsedMs, "the last answer bounds the receipt");
  assertEqual(again.clusterStampMs, first.clusterStampMs, "it is the same snapshot");
  assertEqual((await collect(source.list(prepared, ground.cancel))).length, 1, "entries");
  // Another process of the same agent knows no earlier request, and says so.
  const [other] = await ground.cluster.sourceAs(fs.user).snapshot(prepared, ground.cancel);
  assert(
    other?.firstSentElapsedMs === Number.NEGATIVE_INFINITY,
    "the first request is unknown to a new process",
  );
}

async function foreignSnapshot(ground: Ground): Promise<void> {
  const { source, fs } = ground.cluster;
  const set = await makeSet(ground, "data");
  await fs.createSnapshot(set.path, "coeval-a", ground.cancel);
  const request = { sets: [set], snapshotName: "coeval-a" };
  const refusal = await refused(source.prepare(request, ground.cancel), "foreign-snapshot");
  assert(refusal.message.includes(set.path), "the root is named");
}

async function refusals(ground: Ground): Promise<void> {
  const { fs, source, sourceAs } = ground.cluster;
  const set = (name: string) => ({ name, component: "hdfs" as const, path: `${ground.folder}/${name}` });
  const prepare = (name: string, user = fs.user) =>
    sourceAs(user).prepare({ sets: [set(name)], snapshotName: "coeval-a" }, ground.cancel);
  await refused(prepare("absent"), "set-missing");
  await put(ground, `${ground.folder}/file`, "no directory");
  assert(
    (await refused(prepare("file"), "set-missing")).message.includes("is a file"),
    "says that it is a file",
  );
  await makeDirectories(ground, `${ground.folder}/plain dir`);
  const command = `hdfs dfsadmin -allowSnapshot '${ground.folder}/plain dir'`;
  assert(
    (await refused(prepare("plain dir"), "not-snapshottable")).message.includes(command),
    "gives the command",
  );
  await makeSet(ground, "bobs");
  await fs.setOwner(`${ground.folder}/bobs`, "bob", "staff", ground.cancel);
  const denied = await refused(prepare("bobs", "alice"), "no-right");
  assert(denied.message.includes(`hdfs dfs -chown alice ${ground.folder}/bobs`), "gives the chown");
  await prepare("bobs", "bob");
  await fs.setMode(`${ground.folder}/bobs`, 0o700, ground.cancel);
  await makeDirectories(ground, `${ground.folder}/bobs/inner`);
  await refused(prepare("bobs/inner", "alice"), "no-right");
  const findings = await source.examine([set("absent"), set("plain dir")], ground.cancel);
  const blocking = findings.filter(({ level }) => level === "blocks").map(({ set, code }) => [set, code]);
  assertEqual(
    blocking,
    [
      ["absent", "set-missing"],
      ["plain dir", "not-snapshottable"],
    ],
    "findings that block",
  );
}

async function removedMeanwhile(ground: Ground): Promise<void> {
  const { source, fs } = ground.cluster;
  const gone = await makeSet(ground, "gone");
  const top = await makeSet(ground, "top");
  const inner = { name: "inner", component: "hdfs" as const, path: `${top.path}/inner` };
  await makeDirectories(ground, inner.path);
  const request = { sets: [gone, inner], snapshotName: "coeval-a" };
  const prepared = await source.prepare(request, ground.cancel);
  await fs.remove(inner.path, ground.cancel);
  const missing = await refused(source.snapshot(prepared, ground.cancel), "set-missing");
  assert(missing.message.includes("inner"), "the data set is named");
  await source.release(prepared, null, ground.cancel);
  await fs.remove(gone.path, ground.cancel);
  await refused(source.snapshot(prepared, ground.cancel), "set-missing");
  await makeDirectories(ground, inner.path);
  await makeSet(ground, "gone");
  const another = await refused(source.snapshot(prepared, ground.cancel), "set-missing");
  assert(another.message.includes("made again"), "a root made again is another one");
  await source.release(prepared, null, ground.cancel);
  assertEqual(await source.snapshots(top.path, "coeval-", ground.cancel), [], "snapshots left behind");
}

async function openFiles(ground: Ground): Promise<void> {
  const { cluster, cancel } = ground;
  const set = await makeSet(ground, "data");
  await makeDirectories(ground, `${set.path}/dir`);
  const writer = await cluster.openForWrite(`${set.path}/dir/log`);
  if (!writer) return;
  await writer.write(new TextEncoder().encode("at the moment"));
  await put(ground, `${set.path}/closed`, "closed");
  const prepared = await take(ground, [set], "coeval-a");
  const first = await cluster.source.openFiles(prepared, cancel);
  if (prepared.freezesOpenFiles) assertEqual(first, { kind: "frozen" }, "a cluster that freezes");
  const stated = (await cluster.fs.status(`${set.path}/.snapshot/coeval-a/dir/log`, cancel))?.length;
  if (!prepared.freezesOpenFiles) assertEqual(shape(first), [["dir/log", stated]], "open files");
  await cluster.fs.rename(`${set.path}/dir`, `${set.path}/moved`, cancel);
  if (!prepared.freezesOpenFiles) {
    assertEqual(
      shape(await cluster.source.openFiles(prepared, cancel)),
      [["dir/log", stated]],
      "after its directory moved",
    );
  }
  await writer.close();
  const asAlice = { ...prepared, listsOpenFiles: false, freezesOpenFiles: false };
  assertEqual(
    (await cluster.sourceAs("alice").openFiles(asAlice, cancel)).kind,
    "unknown",
    "without the right",
  );
}

function shape(open: Awaited<ReturnType<Ground["cluster"]["source"]["openFiles"]>>): unknown {
  return open.kind === "listed" ? open.files.map(({ path, length }) => [path, length]) : open;
}

async function byOwner(ground: Ground): Promise<void> {
  const { cluster, cancel } = ground;
  const set = await makeSet(ground, "data");
  await put(ground, `${set.path}/dir/file`, "content", { mode: 0o644 });
  await cluster.fs.setOwner(set.path, "alice", "staff", cancel);
  const source = cluster.sourceAs("alice");
  const request = (snapshotName: string) => source.prepare({ sets: [set], snapshotName }, cancel);
  const first = await request("coeval-a");
  await source.snapshot(first, cancel);
  const open = await source.openFiles(first, cancel);
  assertEqual(
    open,
    first.freezesOpenFiles ? { kind: "frozen" } : { kind: "listed", files: [] },
    "open files",
  );
  const paths = (await collect(source.list(first, cancel))).map(({ path }) => path);
  assertEqual(paths, ["", "dir", "dir/file"], "paths");
  await cluster.fs.setMode(`${set.path}/dir`, 0o700, cancel);
  const second = await request("coeval-b");
  await source.snapshot(second, cancel);
  const closed = await source.openFiles(second, cancel);
  assertEqual(closed.kind, first.freezesOpenFiles ? "frozen" : "unknown", "behind a closed directory");
  await refused(collect(source.list(second, cancel)), "no-right");
  for (const prepared of [first, second]) await source.release(prepared, null, cancel);
  assertEqual(await source.snapshots(set.path, "", cancel), [], "snapshots left behind");
}

async function release(ground: Ground): Promise<void> {
  const { source } = ground.cluster;
  const set = await makeSet(ground, "data");
  const older = await take(ground, [set], "coeval-a");
  const newer = await take(ground, [set], "coeval-b");
  assertEqual(
    await source.snapshots(set.path, "coeval-", ground.cancel),
    ["coeval-a", "coeval-b"],
    "oldest first",
  );
  await source.release(older, newer, ground.cancel);
  await source.release(older, newer, ground.cancel);
  assertEqual(await source.snapshots(set.path, "coeval-", ground.cancel), ["coeval-b"], "what stays");
  assertEqual(
    await source.snapshots(`${ground.folder}/absent`, "", ground.cancel),
    [],
    "where there is no root",
  );
  await refused(collect(source.list(older, ground.cancel)), "set-missing");
}

async function modified(ground: Ground): Promise<void> {
  const { source, fs } = ground.cluster;
  const set = await makeSet(ground, "data");
  await put(ground, `${set.path}/x`, "same");
  await put(ground, `${set.path}/y`, "same");
  const base = await take(ground, [set], "coeval-a");
  await fs.setXattr(`${set.path}/x`, ["user.colour", "626c7565"], ground.cancel);
  const next = await take(ground, [set], "coeval-b");
  const places = await source.modified(next, base, ground.cancel);
  assert(
    places?.some(({ path }) => path === "x"),
    "x is named",
  );
  assert(!places?.some(({ path }) => path === "y"), "y is not");
}

async function examine(ground: Ground): Promise<void> {
  const { source } = ground.cluster;
  const set = await makeSet(ground, "data");
  await take(ground, [set], "somebody's");
  const codes = (await source.examine([set], ground.cancel)).map(({ code }) => code);
  for (const code of ["root-pinned", "charged", "other-snapshots"])
    assert(codes.includes(code), `tells ${code}`);
  const outer = { name: "outer", component: "hdfs" as const, path: ground.folder };
  const blocking = (await source.examine([outer], ground.cancel)).filter(({ level }) => level === "blocks");
  assertEqual(
    blocking.map(({ code }) => code),
    ["not-snapshottable", "nested-root"],
    "a root within is named, since it forbids one above it",
  );
  const probe = await source.probe(ground.cancel);
  assert(
    probe.reachable && probe.identity !== null && probe.cause === null,
    "the probe finds the cluster well",
  );
}

async function matching(ground: Ground): Promise<void> {
  const { source, fs } = ground.cluster;
  const top = `${ground.folder}/tenants`;
  await makeDirectories(ground, top);
  for (const name of ["acme", "new", "umbrella"]) await makeDirectories(ground, `${top}/${name}/logs`);
  await put(ground, `${top}/a-file`, "x");
  for (const name of ["acme", "umbrella"]) await fs.allowSnapshot(`${top}/${name}`, ground.cancel);
  const live = (pattern: string) => source.matching(`${ground.folder}/${pattern}`, "live", ground.cancel);
  const told = (found: Awaited<ReturnType<typeof live>>) =>
    found.map(({ path, problem }) => [path.slice(top.length + 1), problem?.code ?? null]);
  assertEqual(
    told(await live("tenants/*")),
    [
      ["acme", null],
      ["new", "not-snapshottable"],
      ["umbrella", null],
    ],
    "files are none",
  );
  const [, lacking] = await live("tenants/*");
  assert(lacking?.problem?.command?.includes("-allowSnapshot"), "the command that mends it is told");
  assertEqual(
    told(await live("tenants/?*e*/logs")),
    [
      ["acme/logs", null],
      ["new/logs", "not-snapshottable"],
      ["umbrella/logs", null],
    ],
    "two levels",
  );
  assertEqual(await live("nowhere/*"), [], "a prefix that is missing means nothing");
  for (const name of ["acme", "umbrella"])
    assertEqual(told(await live(`tenants/${name[0]}*`)), [[name, null]], "beginnings");
  const covering = await makeSet(ground, "covered");
  await makeDirectories(ground, `${covering.path}/one`);
  const prepared = await take(ground, [covering], "coeval-m");
  await makeDirectories(ground, `${covering.path}/two`);
  const then = await source.matching(`${covering.path}/*`, prepared, ground.cancel);
  assertEqual(
    then.map(({ path }) => path),
    [`${covering.path}/one`],
    "as of the snapshot, by its live path",
  );
}

async function measures(ground: Ground): Promise<void> {
  const { source, sourceAs, fs } = ground.cluster;
  const set = await makeSet(ground, "data");
  await put(ground, `${set.path}/kept`, "12345");
  await put(ground, `${set.path}/deep/er/too`, "123");
  await put(ground, `${set.path}/gone`, "1234567");
  await fs.setReplication(`${set.path}/kept`, 2, ground.cancel);
  await take(ground, [set], "coeval-a");
  await fs.remove(`${set.path}/gone`, ground.cancel);
  const { sizes, findings, blockSizeBytes } = await source.measure([set], ground.cancel);
  assert(
    blockSizeBytes === null || blockSizeBytes > 0,
    "the block size is a number, if the cluster tells it",
  );
  const replication = (await fs.status(`${set.path}/deep/er/too`, ground.cancel))?.replication ?? 0;
  assertEqual(
    sizes,
    [{ set: "data", files: 2, directories: 3, bytes: 8, spaceBytes: 10 + 3 * replication }],
    "sizes",
  );
  assertEqual(findings, [], "findings");
  const some = compileFilters({ include: [], exclude: ["er/"] });
  const absent = { ...set, name: "absent", path: `${set.path}-none` };
  const part = await source.measure([set, absent], ground.cancel, some);
  assertEqual(part.sizes, [{ set: "data", files: 1, directories: 2, bytes: 5, spaceBytes: 10 }], "filtered");
  assertEqual(part.findings[0]?.code, "set-missing", "what is not there is named with a filter as well");
  await fs.setOwner(`${set.path}/deep`, "bob", "staff", ground.cancel);
  await fs.setMode(`${set.path}/deep`, 0o700, ground.cancel);
  const gone = { name: "gone", component: "hdfs" as const, path: `${ground.folder}/gone` };
  const denied = await sourceAs("alice").measure([set, gone], ground.cancel);
  assertEqual(
    denied.findings.map(({ set: name, level, code }) => [name, level, code]),
    [
      ["data", "blocks", "no-right"],
      ["gone", "blocks", "set-missing"],
    ],
    "what cannot be measured",
  );
  assert(denied.findings[0]?.command?.includes("setfacl -R -m user:alice"), "the command that mends it");
}

async function inspects(ground: Ground): Promise<void> {
  const { source, sourceAs, fs } = ground.cluster;
  const set = await makeSet(ground, "data");
  await put(ground, `${ground.folder}/file`, "no directory");
  await makeDirectories(ground, `${ground.folder}/closed`);
  await fs.setMode(`${ground.folder}/closed`, 0o700, ground.cancel);
  const scopes = ["data", "closed", "file", "absent"].map((name) => `${ground.folder}/${name}`);
  const own = await source.inspect(scopes, ground.cancel);
  assertEqual(
    [own.user, own.superuser, own.scopes.map(({ state }) => state)],
    [fs.user, true, ["readable", "readable", "no-directory", "missing"]],
    "what a superuser may do",
  );
  assert(own.snapshottableCount > 0 && (own.dataNodes ?? 0) > 0, "snapshottable directories and DataNodes");
  const before = (await sourceAs("alice").inspect([], ground.cancel)).snapshottable;
  await fs.setOwner(set.path, "alice", "staff", ground.cancel);
  const hers = await sourceAs("alice").inspect(scopes, ground.cancel);
  assertEqual(
    [hers.superuser, hers.snapshottable.filter((path) => !before.includes(path)), hers.scopes[1]?.state],
    [false, [set.path], "denied"],
    "what a user may do",
  );
}
