/** Staging, switch, its inverse, and the target's proofs. */
import { assert, assertEqual, type Ground, refused, type Scenario } from "./harness.ts";
import { holdingFor, perform, renamesFirst, replicate, sealOf, stage, undo } from "./replicate.ts";
import {
  assertCopied,
  entriesOf,
  gather,
  liveEntries,
  makeDirectories,
  makeSet,
  ODD_NAMES,
  once,
  put,
  readText,
  take,
} from "./trees.ts";

export function switchTests(scenario: Scenario): void {
  scenario("a first copy carries everything over", firstCopy);
  scenario("a second run brings what differs, deletions too", secondRun);
  scenario("a switch taken back at any step leaves the base, and can then be made again", takenBack);
  scenario("a half-written file is replaced, and what is not equal is refused", stagingRepeats);
  scenario("a live tree that was changed is a conflict, named and kept", conflict);
  scenario("parents made for a new data set are no conflict, but what else lies in them is", newParents);
  scenario("something in the way of a staged file is a conflict", inTheWay);
  scenario("how far a run is, and its journal, are read from the cluster by whoever comes", leftByAnother);
}

async function leftByAnother(ground: Ground): Promise<void> {
  const { target } = ground.cluster;
  const set = await makeSet(ground, "data");
  await put(ground, `${set.path}/file`, "one");
  const base = await replicate(ground, await take(ground, [set], "coeval-a"), null, "p1");
  const holding = holdingFor(ground, [set], "run-p2", "p1");
  const left = () => target.left(holding, ground.cancel);
  assertEqual(await left(), "nothing", "before it is opened");
  await target.open(holding, ground.cancel);
  assertEqual(await left(), "staged", "opened");
  await refused(gather(target.readJournal(holding, ground.cancel)), "not-found");
  for (const text of ["an earlier one", "", "x".repeat(300_000)]) {
    const bytes = new TextEncoder().encode(text);
    await target.writeJournal(holding, once(bytes), ground.cancel);
    const read = await gather(target.readJournal(holding, ground.cancel));
    assertEqual(new TextDecoder().decode(read), text, "the journal");
  }
  const [first] = base.filter(({ type }) => type === "file");
  assert(first, "there is a file");
  const step = { kind: "remove", number: 1, set: set.name, path: first.path } as const;
  await perform(ground, holding, [step]);
  assertEqual(await left(), "switching", "the switch has begun");
  await undo(ground, holding, [step]);
  await target.clear(holding, ground.cancel);
  assertEqual(await left(), "nothing", "cleared");
}

async function firstCopy(ground: Ground): Promise<void> {
  const { fs } = ground.cluster;
  const set = await makeSet(ground, "data");
  for (const name of ODD_NAMES) await put(ground, `${set.path}/files/${name}`, name);
  await put(ground, `${set.path}/empty file`, "");
  await makeDirectories(ground, `${set.path}/deep/er/empty`);
  await put(ground, `${set.path}/deep/er/file`, "x".repeat(300_000), {
    replication: 2,
    blockSize: 1024 * 1024,
  });
  await fs.setOwner(`${set.path}/deep/er`, "alice", "staff", ground.cancel);
  await fs.setMode(`${set.path}/deep/er`, 0o1777, ground.cancel);
  const acl = ["user::rwx", "group::r-x", "mask::rwx", "other::--x", "user:bob:rwx"];
  const defaults = ["user::rwx", "group::---", "mask::r-x", "other::---", "user:bob:r-x"].map(
    (entry) => `default:${entry}`,
  );
  // Children that were there before have none of the default entries, so copies must not inherit them.
  await fs.setAcl(`${set.path}/deep`, [...acl, ...defaults], ground.cancel);
  await fs.setAcl(
    `${set.path}/deep/er/empty`,
    ["user::rwx", "group::r-x", "other::r-x", ...defaults],
    ground.cancel,
  );
  await fs.setXattr(`${set.path}/deep/er/file`, ["trusted.x", "0001"], ground.cancel);
  await fs.setXattr(`${set.path}/deep`, ["user.y", "ff"], ground.cancel);
  await fs.setTimes(`${set.path}/deep/er/empty`, 946_684_800_001, null, ground.cancel);
  await fs.setTimes(`${set.path}/deep`, 946_684_800_002, null, ground.cancel);
  await replicate(ground, await take(ground, [set], "coeval-a"), null, "p1");
}

async function secondRun(ground: Ground): Promise<void> {
  const { fs } = ground.cluster;
  const set = await makeSet(ground, "data");
  for (const name of ["kept", "gone", "grown", "becomes a directory"])
    await put(ground, `${set.path}/d/${name}`, name);
  await put(ground, `${set.path}/becomes a file/inner`, "inner");
  await put(ground, `${set.path}/swap a`, "a");
  await put(ground, `${set.path}/swap b`, "b");
  const first = await take(ground, [set], "coeval-a");
  const base = await replicate(ground, first, null, "p1");
  await fs.remove(`${set.path}/d/gone`, ground.cancel);
  await ground.cluster.append(`${set.path}/d/grown`, new TextEncoder().encode(" more"));
  await fs.remove(`${set.path}/d/becomes a directory`, ground.cancel);
  await put(ground, `${set.path}/d/becomes a directory/inner`, "new");
  await fs.remove(`${set.path}/becomes a file`, ground.cancel);
  await put(ground, `${set.path}/becomes a file`, "a file");
  for (const [from, to] of [
    ["swap a", "tmp"],
    ["swap b", "swap a"],
    ["tmp", "swap b"],
  ]) {
    await fs.rename(`${set.path}/${from}`, `${set.path}/${to}`, ground.cancel);
  }
  await fs.setTimes(`${set.path}/d/kept`, 1_000_000_000_000, 1_000_000_000_000, ground.cancel);
  const second = await take(ground, [set], "coeval-b");
  await replicate(ground, second, { point: "p1", entries: base }, "p2");
}

async function takenBack(ground: Ground): Promise<void> {
  const { fs, target } = ground.cluster;
  const set = await makeSet(ground, "data");
  for (const name of ["a", "b", "c/d/e", "c/f"]) await put(ground, `${set.path}/${name}`, name);
  const base = await replicate(ground, await take(ground, [set], "coeval-a"), null, "p1");
  await fs.remove(`${set.path}/a`, ground.cancel);
  await put(ground, `${set.path}/b`, "b anew");
  await fs.remove(`${set.path}/c/d`, ground.cancel);
  await put(ground, `${set.path}/c/d`, "a file now");
  await put(ground, `${set.path}/new/file`, "new");
  await fs.setOwner(`${set.path}/c/f`, "bob", "staff", ground.cancel);
  await fs.setXattr(`${set.path}/c`, ["user.k", "01"], ground.cancel);
  const prepared = await take(ground, [set], "coeval-b");
  const holding = holdingFor(ground, [set], "run-p2", "p1");
  await target.open(holding, ground.cancel);
  const steps = renamesFirst((await stage(ground, holding, prepared, base)).steps);
  const sealed = await liveEntries(ground, holding);
  for (let done = 0; done <= steps.length; done++) {
    await perform(ground, holding, steps.slice(0, done));
    // A crash loses the knowledge of the last step: it is performed again, and all are taken back, twice.
    await perform(ground, holding, steps.slice(Math.max(0, done - 1), done));
    await undo(ground, holding, steps);
    await undo(ground, holding, steps.slice(0, 1));
    assertEqual(
      await liveEntries(ground, holding),
      sealed,
      `after ${done} of ${steps.length} steps and back`,
    );
  }
  await target.clear(holding, ground.cancel);
  // The next run finds the base, though names have moved away and back.
  const again = holdingFor(ground, [set], "run-p3", "p1");
  await target.open(again, ground.cancel);
  const staged = await stage(ground, again, prepared, base);
  await perform(ground, again, staged.steps);
  await assertCopied(ground, prepared, again);
  await target.seal(again, sealOf(ground, again, staged.entries, "p3"), ground.cancel);
}

async function stagingRepeats(ground: Ground): Promise<void> {
  const { target, fs } = ground.cluster;
  const set = await makeSet(ground, "data");
  await put(ground, `${set.path}/file`, "the content");
  const entries = await entriesOf(ground, await take(ground, [set], "coeval-a"));
  const file = entries.find(({ path }) => path === "file");
  assert(file, "the file is listed");
  const holding = holdingFor(ground, [set], "run-a", null);
  await target.open(holding, ground.cancel);
  const at = { top: 7, relative: "" };
  const write = (text: string) =>
    target.write(holding, at, file, once(new TextEncoder().encode(text)), ground.cancel);
  await write("half");
  const short = await refused(target.finishStaged(holding, at, file, ground.cancel), "not-equal");
  assert(short.message.includes("file") && short.message.includes("length"), "path and attribute are named");
  await write("the content");
  await target.open(holding, ground.cancel);
  await target.finishStaged(holding, at, file, ground.cancel);
  await target.finishStaged(holding, at, file, ground.cancel);
  let text = "";
  for await (const chunk of target.readStaged(holding, at, file, ground.cancel))
    text += new TextDecoder().decode(chunk);
  assertEqual(text, "the content", "read back");
  const leftover = holdingFor(ground, [set], "run-b", null);
  await target.open(leftover, ground.cancel);
  assertEqual(
    await fs.status(`${holding.directory}/.coeval-stage/run-a`, ground.cancel),
    null,
    "another run's staging",
  );
  await target.clear(leftover, ground.cancel);
  await target.clear(leftover, ground.cancel);
  assertEqual(
    await fs.status(`${holding.directory}/.coeval-stage`, ground.cancel),
    null,
    "staging after clear",
  );
}

async function conflict(ground: Ground): Promise<void> {
  const { target, fs } = ground.cluster;
  const set = await makeSet(ground, "data");
  await put(ground, `${set.path}/dir/file`, "content");
  await replicate(ground, await take(ground, [set], "coeval-a"), null, "p1");
  const holding = holdingFor(ground, [set], "run-b", "p1");
  const live = `${holding.directory}/copies/data`;
  const opened = () => target.open(holding, ground.cancel);
  await opened();
  const edits: [string, () => Promise<unknown>, () => Promise<unknown>][] = [
    ["data/new", () => put(ground, `${live}/new`, "x"), () => fs.remove(`${live}/new`, ground.cancel)],
    [
      "data/dir/file",
      () => fs.setMode(`${live}/dir/file`, 0o777, ground.cancel),
      () => fs.setMode(`${live}/dir/file`, 0o640, ground.cancel),
    ],
    [
      "data/dir",
      () => fs.rename(`${live}/dir`, `${live}/elsewhere`, ground.cancel),
      () => fs.rename(`${live}/elsewhere`, `${live}/dir`, ground.cancel),
    ],
  ];
  for (const [path, edit, revert] of edits) {
    await edit();
    const { evidence } = await refused(opened(), "conflict");
    assert(
      evidence.some((each) => each.includes(path)),
      `${path} is named in ${JSON.stringify(evidence)}`,
    );
    await revert();
    await opened();
  }
  await fs.remove(`${live}/dir/file`, ground.cancel);
  await put(ground, `${live}/dir/file`, "content");
  await refused(opened(), "conflict");
  assertEqual(await readText(fs, `${live}/dir/file`, ground.cancel), "content", "what was found is kept");
}

async function newParents(ground: Ground): Promise<void> {
  const { target, fs } = ground.cluster;
  const set = await makeSet(ground, "data");
  await put(ground, `${set.path}/file`, "content");
  await replicate(ground, await take(ground, [set], "coeval-a"), null, "p1");
  const holding = holdingFor(ground, [set], "run-b", "p1");
  const sets = [...holding.sets, { name: "extra", relative: "new/parents/extra" }];
  const wider = { ...holding, sets };
  await target.open(wider, ground.cancel);
  await target.open({ ...wider, run: "run-c" }, ground.cancel);
  await put(ground, `${holding.directory}/new/parents/theirs`, "x");
  const { evidence } = await refused(target.open({ ...wider, run: "run-d" }, ground.cancel), "conflict");
  assert(evidence[0]?.includes("new/parents/theirs"), "the stranger is named");
  await fs.remove(`${holding.directory}/new`, ground.cancel);
  await target.open(holding, ground.cancel);
}

async function inTheWay(ground: Ground): Promise<void> {
  const { target } = ground.cluster;
  const set = await makeSet(ground, "data");
  await put(ground, `${set.path}/file`, "ours");
  const base = await replicate(ground, await take(ground, [set], "coeval-a"), null, "p1");
  await put(ground, `${set.path}/new`, "ours");
  const prepared = await take(ground, [set], "coeval-b");
  const holding = holdingFor(ground, [set], "run-b", "p1");
  await target.open(holding, ground.cancel);
  const { steps } = await stage(ground, holding, prepared, base);
  await put(ground, `${holding.directory}/copies/data/new`, "theirs");
  const refusal = await refused(perform(ground, holding, steps), "conflict");
  assert(refusal.message.includes("copies/data/new"), "the path is named");
}
