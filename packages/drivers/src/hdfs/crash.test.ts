/** A process that dies before or after any single call of opening, switching or sealing finds its way when it comes back. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { CoevalError } from "@coeval/core/errors";
import type { Ground } from "../conformance/harness.ts";
import {
  holdingFor,
  perform,
  renamesFirst,
  replicate,
  sealOf,
  stage,
  undo,
} from "../conformance/replicate.ts";
import { assertCopied, liveEntries, makeSet, put, readText, take } from "../conformance/trees.ts";
import { createMemoryCluster } from "../memory/cluster.ts";
import { createTestWorld } from "../memory/test-world.ts";
import type { Workload } from "../memory/workload.ts";
import type { FileSystem } from "./file-system.ts";
import { createHdfsSource } from "./source.ts";
import { createHdfsTarget } from "./target.ts";

class Crash extends Error {}

/** The ground's file system with a call that kills: `at` counts changing calls, `after` lets it still happen. */
interface Killer {
  arm(at: number, after: boolean): void;
  disarm(): void;
  /** Called right after each snapshot is made. */
  onSnapshot: () => void;
}

function killable(): { readonly ground: Ground; readonly killer: Killer; readonly workload: Workload } {
  const world = createTestWorld();
  const cluster = createMemoryCluster(world, { name: "west" });
  let left = Number.POSITIVE_INFINITY;
  let letHappen = false;
  const killer: Killer = {
    arm(at, after) {
      left = at;
      letHappen = after;
    },
    disarm() {
      left = Number.POSITIVE_INFINITY;
    },
    onSnapshot() {},
  };
  const handler =
    (name: string, act: (...args: unknown[]) => unknown) =>
    async (...args: unknown[]): Promise<unknown> => {
      if (left <= 0) throw new Crash(`dead before ${name}`);
      left--;
      const dies = left === 0;
      if (dies && !letHappen) throw new Crash(`died before ${name}`);
      const result = await act(...args);
      if (name === "createSnapshot") killer.onSnapshot();
      if (dies) throw new Crash(`died after ${name}`);
      return result;
    };
  const calls = Object.entries(cluster.fs).map(([name, value]) => {
    const plain = typeof value !== "function" || name === "open" || name === "snapshotDiff";
    return [name, plain ? value : handler(name, value as (...args: unknown[]) => unknown)];
  });
  const fs = Object.fromEntries(calls) as FileSystem;
  const target = createHdfsTarget(world, fs);
  const unused = () => Promise.reject(new Error("not used here"));
  const conformance = {
    ...cluster,
    target,
    source: createHdfsSource(world, cluster.fs),
    sourceAs: (user: string) => createHdfsSource(world, cluster.as(user)),
    targetAs: (user: string) => createHdfsTarget(world, cluster.as(user)),
    append: unused,
    truncate: unused,
    openForWrite: unused,
    setQuota: unused,
  };
  const workload = cluster.workload();
  workload.makeDirectory("/ground");
  const ground: Ground = { cluster: conformance, folder: "/ground", cancel: new AbortController().signal };
  return { ground, killer, workload };
}

/** Runs `act` dying at call 1, 2, 3 … until it ends alive, with `recover` after each death. */
async function dieEverywhere(
  killer: Killer,
  act: () => Promise<unknown>,
  recover: (at: number, after: boolean) => Promise<void>,
): Promise<number> {
  let deaths = 0;
  for (const after of [false, true]) {
    for (let at = 1; ; at++) {
      killer.arm(at, after);
      const outcome = await act().then(
        () => "alive",
        (thrown: unknown) => thrown,
      );
      killer.disarm();
      if (outcome !== "alive" && !(outcome instanceof Crash)) throw outcome;
      await recover(at, after);
      if (outcome === "alive") break;
      deaths++;
    }
  }
  return deaths;
}

test("opening a holding directory survives death at every call", async () => {
  const { ground, killer } = killable();
  let number = 0;
  const holding = () => ({
    ...holdingFor(ground, [{ name: "data" }], "run-1", null),
    directory: `/ground/h${number}/deep`,
  });
  const open = () => ground.cluster.target.open(holding(), ground.cancel);
  const deaths = await dieEverywhere(killer, open, async () => {
    await open();
    assert.equal((await ground.cluster.fs.status(holding().directory, ground.cancel))?.mode, 0o700);
    number++;
  });
  assert.ok(deaths > 30, `${deaths} deaths`);
});

test("a seal survives death at every call, and readers always find a whole point", async () => {
  const { ground, killer } = killable();
  const { fs, target } = ground.cluster;
  const set = await makeSet(ground, "data");
  await put(ground, `${set.path}/file`, "0", { mode: 0o644 });
  let entries = await replicate(ground, await take(ground, [set], "coeval-0"), null, "p0");
  let newest = 0;
  let holding = holdingFor(ground, [set], "run-0", "p0");
  const prepareNext = async (): Promise<void> => {
    await put(ground, `${set.path}/file`, String(newest + 1), { mode: 0o644 });
    const prepared = await take(ground, [set], `coeval-${newest + 1}`);
    holding = holdingFor(ground, [set], `run-${newest + 1}`, `p${newest}`);
    await target.open(holding, ground.cancel);
    const staged = await stage(ground, holding, prepared, entries);
    await perform(ground, holding, staged.steps);
    entries = staged.entries;
  };
  const seal = () => target.seal(holding, sealOf(ground, holding, entries, `p${newest + 1}`), ground.cancel);
  await prepareNext();
  const deaths = await dieEverywhere(killer, seal, async () => {
    await seal();
    newest++;
    const wanted = Array.from({ length: newest }, (_, point) => `coeval-p${point}`);
    assert.deepEqual(await target.snapshots(holding, ground.cancel), [...wanted, "current"]);
    assert.equal((await fs.status(holding.directory, ground.cancel))?.mode, 0o700);
    const path = `${holding.directory}/.snapshot/current/copies/data/file`;
    assert.equal(await readText(ground.cluster.as("nobody"), path, ground.cancel), String(newest));
    await prepareNext();
  });
  assert.ok(deaths > 20, `${deaths} deaths`);
});

test("a switch survives death at every call, forward and back", async () => {
  const { ground, killer } = killable();
  const { fs, target } = ground.cluster;
  const set = await makeSet(ground, "data");
  for (const name of ["a", "b", "d/e"]) await put(ground, `${set.path}/${name}`, name, { mode: 0o644 });
  const base = await replicate(ground, await take(ground, [set], "coeval-a"), null, "p1");
  await fs.remove(`${set.path}/a`, ground.cancel);
  await put(ground, `${set.path}/b`, "b anew");
  await fs.setMode(`${set.path}/d/e`, 0o600, ground.cancel);
  await fs.remove(`${set.path}/d/e`, ground.cancel);
  await put(ground, `${set.path}/d/new`, "new");
  const prepared = await take(ground, [set], "coeval-b");
  const holding = holdingFor(ground, [set], "run-p2", "p1");
  await target.open(holding, ground.cancel);
  const steps = renamesFirst((await stage(ground, holding, prepared, base)).steps);
  const sealed = await liveEntries(ground, holding);
  const forward = () => perform(ground, holding, steps);
  const back = () => undo(ground, holding, steps);
  const deaths = await dieEverywhere(killer, forward, async () => {
    // The run comes back, finds its switch begun, and is given up.
    await target.open(holding, ground.cancel);
    await back();
    assert.deepEqual(await liveEntries(ground, holding), sealed);
  });
  assert.ok(deaths > 30, `${deaths} deaths`);
  await dieEverywhere(
    killer,
    async () => {
      await back();
      await forward();
    },
    async () => {
      await back();
      await forward();
      await assertCopied(ground, prepared, holding);
    },
  );
});

test("what is written while the directory stands open makes the point void", async () => {
  const { ground, killer, workload } = killable();
  const { fs, target } = ground.cluster;
  const set = await makeSet(ground, "data");
  await put(ground, `${set.path}/file`, "one");
  const entries = await replicate(ground, await take(ground, [set], "coeval-a"), null, "p1");
  const holding = holdingFor(ground, [set], "run-2", "p1");
  const live = `${holding.directory}/copies/data`;
  await target.open(holding, ground.cancel);
  const seal = () => target.seal(holding, sealOf(ground, holding, entries, "p2"), ground.cancel);
  killer.onSnapshot = () => workload.write(`${live}/slipped in`, "x");
  await assert.rejects(seal(), { code: "conflict", message: /slipped in/ });
  killer.onSnapshot = () => {};
  assert.deepEqual(await target.snapshots(holding, ground.cancel), ["current"]);
  assert.equal((await fs.status(holding.directory, ground.cancel))?.mode, 0o700);
});

test("what is written after a seal died with the directory open is found, however often it is tried", async () => {
  const { ground, killer, workload } = killable();
  const { target } = ground.cluster;
  const set = await makeSet(ground, "data");
  await put(ground, `${set.path}/file`, "one");
  const entries = await replicate(ground, await take(ground, [set], "coeval-a"), null, "p1");
  const holding = holdingFor(ground, [set], "run-2", "p1");
  await target.open(holding, ground.cancel);
  const seal = () => target.seal(holding, sealOf(ground, holding, entries, "p2"), ground.cancel);
  for (
    let at = 1;
    (await ground.cluster.as("hdfs").status(holding.directory, ground.cancel))?.mode !== 0o755;
    at++
  ) {
    killer.arm(at, true);
    await assert.rejects(seal(), Crash);
    killer.disarm();
  }
  for (const path of ["copies/data/x", "copies/data/file", "beside", "copies/beside"]) {
    const full = `${holding.directory}/${path}`;
    const before = workload.read(full);
    workload.write(full, "x");
    for (const _ of [1, 2]) await assert.rejects(seal(), { code: "conflict", message: new RegExp(full) });
    if (before) break;
    workload.remove(full);
  }
  assert.deepEqual(await target.snapshots(holding, ground.cancel), ["current"]);
});

test("a seal that died is finished though the copied times lie ahead of the secondary's own clock", async () => {
  const { ground, killer } = killable();
  const { target, fs } = ground.cluster;
  const set = await makeSet(ground, "data");
  await put(ground, `${set.path}/file`, "one");
  await fs.setTimes(`${set.path}/file`, 4_000_000_000_000, null, ground.cancel);
  const entries = await replicate(ground, await take(ground, [set], "coeval-a"), null, "p1");
  const holding = holdingFor(ground, [set], "run-2", "p1");
  await target.open(holding, ground.cancel);
  let sealed = 1;
  const seal = () => target.seal(holding, sealOf(ground, holding, entries, "p2"), ground.cancel);
  for (let at = 1; sealed === 1; at++) {
    killer.arm(at, true);
    await seal().catch((thrown: unknown) => assert.ok(thrown instanceof Crash, String(thrown)));
    killer.disarm();
    const names = await target.snapshots(holding, ground.cancel);
    sealed = names.length;
  }
  await seal();
  assert.deepEqual(await target.snapshots(holding, ground.cancel), ["coeval-p1", "current"]);
});

test("a snapshot that is refused leaves the directory closed", async () => {
  const { ground, killer } = killable();
  const { fs, target } = ground.cluster;
  const holding = holdingFor(ground, [{ name: "data" }], "run-1", null);
  await target.open(holding, ground.cancel);
  killer.onSnapshot = () => {
    throw new CoevalError("snapshot-limit", "no more ids");
  };
  const seal = target.seal(holding, sealOf(ground, holding, [], "p1"), ground.cancel);
  await assert.rejects(seal, { code: "snapshot-limit" });
  assert.equal((await fs.status(holding.directory, ground.cancel))?.mode, 0o700);
});

test("requests of a seal that died may land late: the point is sealed for its readers, under its own name", async () => {
  const { ground } = killable();
  const { target, fs } = ground.cluster;
  const set = await makeSet(ground, "data");
  await put(ground, `${set.path}/file`, "one", { mode: 0o644 });
  const entries = await replicate(ground, await take(ground, [set], "coeval-a"), null, "p1");
  const holding = holdingFor(ground, [set], "run-2", "p1");
  const { directory } = holding;
  await target.open(holding, ground.cancel);
  const seal = () => target.seal(holding, sealOf(ground, holding, entries, "p2"), ground.cancel);
  // Taken while the directory is closed, and with the mark of the point before.
  await fs.createSnapshot(directory, "coeval-p2", ground.cancel);
  await assert.rejects(seal(), { code: "not-equal", message: /too late/ });
  // A snapshot of the point that is current, under the name that it is about to get back.
  await fs.createSnapshot(directory, "coeval-p1", ground.cancel);
  await seal();
  assert.deepEqual(await target.snapshots(holding, ground.cancel), ["coeval-p1", "current"]);
  const nobody = ground.cluster.as("nobody");
  for (const name of ["coeval-p1", "current"])
    assert.equal(
      await readText(nobody, `${directory}/.snapshot/${name}/copies/data/file`, ground.cancel),
      "one",
    );
});

test("a clearing that lands late spares a later run's staging", async () => {
  const { ground } = killable();
  const { target, fs } = ground.cluster;
  const cleared: string[] = [];
  const watched = createHdfsTarget(createTestWorld(), {
    ...fs,
    remove: async (path, cancel) => (cleared.push(path), fs.remove(path, cancel)),
  });
  const holding = holdingFor(ground, [{ name: "data" }], "run-1", null);
  await target.open(holding, ground.cancel);
  await watched.clear(holding, ground.cancel);
  const later = { ...holding, run: "run-2" };
  await target.open(later, ground.cancel);
  for (const path of cleared) await fs.remove(path, ground.cancel);
  assert.ok(await fs.status(`${holding.directory}/.coeval-stage/run-2/new`, ground.cancel));
  assert.equal(await fs.removeEmpty(`${holding.directory}/.coeval-stage`, ground.cancel), false);
});
