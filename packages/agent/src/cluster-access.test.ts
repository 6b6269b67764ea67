import assert from "node:assert/strict";
import { test } from "node:test";
import { CoevalError } from "@coeval/core/errors";
import type { World } from "@coeval/core/ports/world";
import { fakeHash, fakeSignatures } from "@coeval/core/testing/fake-hash";
import { agentMigrations } from "@coeval/store/agent/migrations/all";
import type { AgentTables } from "@coeval/store/agent/tables";
import { openDatabase } from "@coeval/store/database";
import { type ClusterEndpoint, createClusterAccess } from "./cluster-access.ts";
import { openDoor } from "./door.ts";
import { ownFiles } from "./own-files.ts";
import { createFakeFiles } from "./testing/fake-files.ts";
import { createFakeNet } from "./testing/fake-network.ts";
import { createFakeSource } from "./testing/fake-source.ts";
import { createFakeTarget } from "./testing/fake-target.ts";
import { createFakeTime } from "./testing/fake-time.ts";

const EAST: ClusterEndpoint = { name: "east", url: "webhdfs://nn:9870", user: "coeval" };

async function agent() {
  const time = createFakeTime();
  const clock = time.clock();
  const files = createFakeFiles();
  const lines: string[] = [];
  const line = (event: string): void => void lines.push(event);
  const world: World = {
    clock,
    random: { bytes: (length) => new Uint8Array(length) },
    hash: fakeHash,
    signatures: fakeSignatures,
    files,
    log: { info: line, warn: line, error: line },
  };
  const { db } = await openDatabase<AgentTables>(":memory:", agentMigrations);
  const source = createFakeSource(clock, "east");
  const taken: string[] = [];
  const access = () =>
    createClusterAccess(world, db, ({ url }) => {
      taken.push(url);
      return { source, target: createFakeTarget("east") };
    });
  return { time, world, db, source, access, taken, files, lines };
}

test("what the control device says of the cluster is taken, and kept for a start without it", async () => {
  const { access, taken, time } = await agent();
  const first = await access();
  const ready = first.ready();
  await first.learn(EAST);
  await time.until(ready);
  await first.learn(EAST);
  await first.learn({ ...EAST, url: "webhdfs://other:9870" });
  assert.deepEqual(taken, ["webhdfs://nn:9870", "webhdfs://other:9870"], "the same again is no news");
  await (await access()).ready();
  assert.equal(taken.at(-1), "webhdfs://other:9870");
});

test("a cluster that fails or hangs is told as unreachable, with its cause, within the probe's time", async () => {
  const { access, time, source } = await agent();
  const cluster = await access();
  await cluster.learn(EAST);
  assert.equal((await time.until(cluster.probe())).reachable, true);
  source.fault = () => {
    throw new CoevalError("cluster-refused", "the port answers\nwith something else");
  };
  const failed = await time.until(cluster.probe());
  assert.deepEqual([failed.reachable, failed.cause], [false, "the port answers"]);
  source.probe = (cancel) =>
    new Promise((_, reject) => cancel.addEventListener("abort", () => reject(cancel.reason as Error)));
  const beganMs = time.nowMs;
  const hung = await time.until(cluster.probe());
  assert.deepEqual([hung.reachable, hung.cause], [false, "no answer within 5000 ms"]);
  assert.equal(time.nowMs - beganMs, 5000);
});

test("a port that was picked is picked again at the next start, or another one when it is taken", async () => {
  const { world, db, lines } = await agent();
  const net = createFakeNet();
  const network = net.of({ kind: "stranger" });
  const open = (listen: string) => openDoor(world, { network, db }, listen, () => undefined);
  const first = await open("east:0");
  await first.close();
  // Others have come meanwhile, so that picking anew would give another port.
  await network.listen("north:0", () => undefined);
  const again = await open("east:0");
  assert.equal(again.address, first.address);
  const other = await open("east:0");
  assert.notEqual(other.address, first.address);
  assert.deepEqual(lines, ["data port taken"]);
  assert.equal((await open("east:4711")).address, "east:4711", "a port that was asked for is taken as it is");
});

test("a disk that fails is the operator's to mend: every call of the data folder says so", async () => {
  const { files } = await agent();
  const own = ownFiles(files);
  const broken = new Error("EIO: i/o error");
  files.fault = () => {
    throw broken;
  };
  const file = await own.create("runs/run-1/plan");
  const expected = { code: "data-folder", message: "the agent's data folder: EIO: i/o error" };
  await assert.rejects(file.write(Uint8Array.of(1)), expected);
  await assert.rejects(file.commit(), expected);
  for (const call of [
    () => ownFiles({ ...files, size: async () => Promise.reject(broken) }).size("x"),
    () => ownFiles({ ...files, list: async () => Promise.reject(broken) }).list("x"),
    () => ownFiles({ ...files, remove: async () => Promise.reject(broken) }).remove("x"),
    () => ownFiles({ ...files, create: async () => Promise.reject(broken) }).create("x"),
  ])
    await assert.rejects(call(), expected);
  await assert.rejects(Array.fromAsync(own.read("missing")), { code: "file-missing" });
});
