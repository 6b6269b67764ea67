import assert from "node:assert/strict";
import { test } from "node:test";
import { CoevalError } from "@coeval/core/errors";
import { chanceOf } from "@coeval/core/testing/chance";
import { inOrder, randomTree, type Tree } from "@coeval/core/testing/trees";
import { DIRECTIONS, type Direction } from "@coeval/core/protect/direction";
import { begin, createStage, endsOf, given, protect, type Stage } from "../testing/stage.ts";
import { UNREACHED_MS_MAX } from "./dial-peer.ts";

const tree = randomTree(chanceOf(3), 30);
const files = inOrder(tree).filter(({ type }) => type === "file");
const large = files.findLast(({ length }) => length >= 100);

/** Breaks each new transfer after so many bytes, as long as there are numbers left. */
function cutting({ net }: Stage, bytes: number[]): void {
  net.onConnect = (connection) => {
    const next = bytes.shift();
    if (next !== undefined) connection.cutAfter(next);
  };
}

/** How many bytes a transfer of the tree takes when nothing breaks. */
async function wholeBytes(direction: Direction): Promise<number> {
  const stage = await createStage();
  assert.equal((await protect(stage, "1", tree, null, direction)).phase, "done");
  return stage.net.connections.reduce((sum, connection) => sum + connection.bytes, 0);
}

/** The words that end a transfer, by the end of the connection that says them. */
const LAST_WORDS = { push: ["callee"], pull: ["callee", "caller"] } as const;

/** A second moment in this direction, after the first was spoilt. */
async function second(direction: Direction, spoil: (stage: Stage) => void | Promise<void>) {
  const stage = await createStage();
  const first = await protect(stage, "1", tree);
  assert.equal(first.phase, "done");
  await spoil(stage);
  const later: Tree = new Map([...tree].filter(([, { path }]) => path !== files[3]?.path));
  return { stage, run: await protect(stage, "2", later, first, direction), first };
}

for (const direction of ["push", "pull"] as const) {
  test(`${direction}: broken at any points, the transfer goes on; what was staged is not sent again`, async () => {
    const all = await wholeBytes(direction);
    for (let seed = 1; seed <= 30; seed++) {
      const chance = chanceOf(seed);
      const stage = await createStage();
      const cuts = Array.from({ length: 1 + chance.below(4) }, () => chance.below(all));
      cutting(stage, [...cuts]);
      const run = await protect(stage, "1", tree, null, direction);
      const label = `seed ${seed}: cut after ${cuts.join()}`;
      assert.equal(run.phase, "done", `${label}: ${JSON.stringify(run.cause)}`);
      const { whole } = stage.sites.target.target;
      assert.deepEqual(whole.toSorted(), files.map(({ set, path }) => `${set}:${path}`).toSorted(), label);
      assert.equal(stage.net.connections.length <= cuts.length + 1, true, label);
    }
  });

  test(`${direction}: a last word lost: who dials asks again until it has heard it; nothing is sent again`, async () => {
    for (const end of LAST_WORDS[direction]) {
      const stage = await createStage();
      let cut = 0;
      stage.net.onConnect = (connection) => {
        if (cut > 0) return;
        const stream = connection[end];
        const write = stream.write.bind(stream);
        Object.assign(stream, {
          async write(bytes: Uint8Array) {
            if (!new TextDecoder().decode(bytes).includes('"finished"')) return write(bytes);
            cut++;
            connection.cut();
          },
        });
      };
      const run = await protect(stage, "1", tree, null, direction);
      assert.deepEqual([run.phase, run.cause, cut], ["done", null, 1], end);
      assert.equal(stage.net.connections.length, 2, end);
      assert.equal(stage.sites.target.target.whole.length, files.length, end);
      const again = stage.net.connections[1]?.bytes ?? Number.POSITIVE_INFINITY;
      assert.ok(again < 1000, `${end}: ${again} bytes to say that all was there`);
    }
  });

  test(`${direction}: the receiver killed in the middle: the sender is told to come again until it is back`, async () => {
    for (const downMs of [100, 3000, 45_000]) {
      const stage = await createStage();
      const { target } = stage.sites;
      const conductor = begin(stage, "1", tree, null, direction);
      let writes = 0;
      target.crashAt = (call) => call === "write" && ++writes === 5;
      target.onCrash = async () => {
        await stage.time.clock().sleep(downMs);
        // It listens again before it has opened its cluster: who comes now is early, not wrong.
        target.target.fault = (call) => (call === "open" ? stage.time.clock().sleep(1500) : undefined);
        await target.start();
      };
      const run = await stage.time.until(conductor.over);
      assert.equal(run.phase, "done", `${downMs}: ${JSON.stringify(run.cause)}`);
    }
  });

  test(`${direction}: the sender killed in the middle goes on with the plan that it had made`, async () => {
    const stage = await createStage();
    const { source, target } = stage.sites;
    const conductor = begin(stage, "1", tree, null, direction);
    let reads = 0;
    source.crashAt = (call) => call === "read" && ++reads === 20;
    source.onCrash = async () => {
      source.crashAt = null;
      // What the primary looks like by now must not matter: the plan is of the snapshot.
      source.source.fault = (call) => {
        if (call === "list") throw new Error("the listing was made already");
      };
      await stage.time.clock().sleep(400);
      await source.start();
    };
    const run = await stage.time.until(conductor.over);
    assert.equal(run.phase, "done", JSON.stringify(run.cause));
    assert.equal(new Set(target.target.whole).size, files.length);
  });

  test(`${direction}: a peer that nobody reaches ends the run with its cause in minutes, however long each attempt takes`, async () => {
    for (const attemptMs of [0, 10_000, 75_000]) {
      const stage = await createStage();
      stage.net.onDial = async () => {
        await stage.time.clock().sleep(attemptMs);
        throw new CoevalError("unreachable", "no handshake within its time");
      };
      const run = await protect(stage, "1", tree, null, direction);
      assert.deepEqual(
        [run.phase, run.cause?.code, run.cause?.message],
        ["failed", "unreachable", "no handshake within its time"],
      );
      const { nowMs } = stage.time;
      const mostMs = UNREACHED_MS_MAX + 2 * attemptMs + 20_000;
      assert.ok(nowMs > UNREACHED_MS_MAX - 30_000 && nowMs < mostMs, `${attemptMs}: after ${nowMs} ms`);
      assert.deepEqual([stage.net.connections, stage.sites.target.target.written], [[], []]);
    }
  });

  test(`${direction}: a transfer that breaks again and again without a single new file ends, with what broke it`, async () => {
    const stage = await createStage();
    // The plan is told and then nothing comes through any more.
    cutting(stage, Array(500).fill(600));
    const run = await protect(stage, "1", tree, null, direction);
    assert.deepEqual([run.phase, run.cause?.code], ["failed", "unreachable"]);
    assert.ok(stage.net.connections.length > 30 && stage.net.connections.length < 100);
    assert.ok(stage.time.nowMs > 200_000, "an agent has minutes to come back");
  });

  test(`${direction}: content that is spoilt before it is written is found when it is read back, and named`, async () => {
    const stage = await createStage();
    const victim = files.find(({ length }) => length >= 10);
    assert.ok(victim);
    stage.sites.target.target.spoil = (entry, content) =>
      entry.path === victim.path && entry.set === victim.set ? content.with(3, 0) : content;
    const run = await protect(stage, "1", tree, null, direction);
    assert.deepEqual(
      [run.phase, run.cause?.code, run.cause?.evidence],
      ["failed", "corrupt", [`${victim.set}/${victim.path}`]],
    );
    assert.deepEqual(stage.sites.target.target.live.list(), []);
  });

  test(`${direction}: content that is spoilt on its way is found at once; tried again a few times and no more`, async () => {
    const stage = await createStage();
    stage.net.onConnect = ({ caller, callee }) => {
      const sender = direction === "push" ? caller : callee;
      const write = sender.write.bind(sender);
      Object.assign(sender, {
        // A frame of bytes: length, kind 2, channel, content.
        write: (bytes: Uint8Array) => write(bytes[4] === 2 && bytes.length > 12 ? bytes.with(11, 0) : bytes),
      });
    };
    const run = await protect(stage, "1", tree, null, direction);
    assert.deepEqual([run.phase, run.cause?.code], ["failed", "corrupt"]);
    // Small files are not spoilt: whichever of them is whole for the first time counts as progress.
    const { length } = stage.net.connections;
    assert.ok(length >= 4 && length <= 6, `${length}, though files before it were found staged each time`);
  });

  test(`${direction}: a primary that cannot be read is the cause that is told, not what it did to the other files`, async () => {
    const stage = await createStage();
    const victim = files[8];
    stage.sites.source.source.fault = (call, path) => {
      if (call === "read" && path === victim?.path)
        throw new CoevalError("no-right", `${path} may not be read`);
    };
    const run = await protect(stage, "1", tree, null, direction);
    assert.deepEqual([run.phase, run.cause?.code], ["failed", "no-right"]);
    assert.equal(stage.net.connections.length, 1);
  });

  test(`${direction}: a secondary without room is refused before anything is sent, and not asked again and again`, async () => {
    const stage = await createStage();
    const conductor = begin(stage, "1", tree, null, direction);
    stage.sites.target.target.freeBytes = 64 * 1024 * 1024 + 10;
    const run = await stage.time.until(conductor.over);
    assert.deepEqual([run.phase, run.cause?.code], ["failed", "secondary-full"]);
    assert.match(run.cause?.message ?? "", /west has room for \d+ bytes; \d+ are to come/);
    assert.deepEqual([stage.sites.target.target.written, stage.net.connections.length], [[], 1]);
  });

  test(`${direction}: room that runs out in the middle is told with the cluster's own words`, async () => {
    const stage = await createStage();
    stage.sites.target.target.fault = (call, path) => {
      if (call === "write" && path === large?.path)
        throw new CoevalError("secondary-full", "10 bytes to write, 0 left");
    };
    const run = await protect(stage, "1", tree, null, direction);
    assert.deepEqual(
      [run.phase, run.cause?.code, run.cause?.message],
      ["failed", "secondary-full", "10 bytes to write, 0 left"],
    );
  });

  test(`${direction}: a base manifest that is not the one sealed is found on either side, before anything is switched`, async () => {
    for (const side of ["source", "target"] as const) {
      const { stage, run } = await second(direction, ({ sites }) => {
        const content = sites[side].files.content;
        const path = "points/billing/run-1/manifest";
        const text = new TextDecoder().decode(content.get(path));
        content.set(path, new TextEncoder().encode(text.replace('"owner":"ann"', '"owner":"eve"')));
      });
      assert.deepEqual([run.phase, run.cause?.code], ["failed", "base-mismatch"], side);
      assert.match(run.cause?.message ?? "", /the manifest of point-1 that lies here is [0-9a-f]{64}, not/);
      assert.equal(stage.sites.target.target.live.list().length, tree.size);
    }
  });

  test(`${direction}: both sides are told of different bases: nothing is sent`, async () => {
    const stage = await createStage();
    const first = await protect(stage, "1", tree, null, direction);
    const conductor = begin(stage, "2", tree, first, direction);
    const { dialler } = endsOf(stage, direction);
    const { step } = DIRECTIONS[direction].dials;
    const { instruct } = dialler;
    dialler.instruct = (instruction) => {
      const { order } = instruction;
      if (order.step !== step || !order.base) return instruct(instruction);
      return instruct({ ...instruction, order: { ...order, base: null } });
    };
    const run = await stage.time.until(conductor.over);
    assert.deepEqual([run.phase, run.cause?.code], ["failed", "base-mismatch"]);
    assert.match(run.cause?.message ?? "", /^(east|west) names base null, (east|west) [0-9a-f]{64}$/);
    assert.equal(given(conductor, step).order.step, step);
  });

  test(`${direction}: a missing base manifest is named, and what lies on the secondary stays`, async () => {
    const { stage, run } = await second(
      direction,
      ({ sites }) => void sites.source.files.content.delete("points/billing/run-1/manifest"),
    );
    assert.deepEqual([run.phase, run.cause?.code], ["failed", "file-missing"]);
    assert.equal(stage.sites.target.target.live.list().length, tree.size);
  });

  test(`${direction}: a full disk under an agent's own folder ends the run with that reason, and the next one is right`, async () => {
    const stage = await createStage();
    stage.sites.target.files.fault = (what) => {
      if (what === "write") throw new CoevalError("data-folder", "ENOSPC: no space left on device");
    };
    const run = await protect(stage, "1", tree, null, direction);
    assert.deepEqual([run.phase, run.cause?.code], ["failed", "data-folder"]);
    stage.sites.target.files.fault = null;
    assert.equal((await protect(stage, "2", tree, null, direction)).phase, "done");
  });
}
