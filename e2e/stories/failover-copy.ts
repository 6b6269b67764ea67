// Each side's active NameNode in turn dies, or hangs, in the middle of a copy, and the other one takes over: the run goes on
// and is sealed, and the point is what it must be. Both clusters bear the same nameservice, as production often has it.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import type { HighAvailability } from "@coeval/testbed/high-availability";
import type { Daemon } from "@coeval/testbed/daemon";
import type { Run } from "../harness/answers.ts";
import { testClusters } from "../harness/clusters.ts";
import { askAhead, explain, finished } from "../harness/protect.ts";
import { until } from "../harness/wait.ts";
import { logs, startWorld, type World } from "../harness/world.ts";
import { pointHolds } from "./point-holds.ts";
import { type Protected, placeOf } from "./protected.ts";

const MIB = 1024 * 1024;
const FILES = 32;
const FILE_BYTES = 2 * MIB;
const BANDWIDTH = "3MiB/s";
const AHEAD_MS = 2000;
const COPYING_WITHIN_MS = 60_000;
/** The moved bytes after which the NameNode goes. */
const GOES_AFTER_BYTES = 12 * MIB;
const NAMESERVICE = "prod";

type Side = "east" | "west";
type End = "dies" | "hangs";

/** East by its nameservice and the agent's own configuration, west by its addresses. */
export async function pairedWorld(say: (line: string) => void): Promise<World> {
  const options = { highAvailability: { nameservice: NAMESERVICE } };
  const pair = await testClusters({ east: options, west: options }, say);
  try {
    const { east, west } = pair;
    const all = (of: "rpc" | "http"): string => west.nameNodes.map((each) => each[of]).join(",");
    const world = await startWorld({
      pair,
      hdfs: {
        east: [`url: hdfs://${NAMESERVICE}`, `user: ${east.serviceUser}`],
        west: [`url: hdfs://${all("rpc")}`, `web: webhdfs://${all("http")}`, `user: ${west.serviceUser}`],
      },
      agents: { east: { words: ["--hadoop-conf", east.clientConf] } },
    });
    const stop = async (): Promise<void> => {
      await world.stop();
      await pair.close();
    };
    return { ...world, stop };
  } catch (error) {
    await pair.close();
    throw error;
  }
}

export async function failoverInCopy(world: World, report: (line: string) => void): Promise<void> {
  const story = await smallStory(world);
  for (const [side, end] of [
    ["east", "dies"],
    ["west", "dies"],
    ["east", "hangs"],
    ["west", "hangs"],
  ] as const) {
    await fill(world, story);
    const begunAt = performance.now();
    const { run: asked } = await askAhead(world, story.service, AHEAD_MS);
    const moved = await copying(world, asked.id);
    const lost = await loseActive(world, side, end);
    const run = await finished(world, asked.id);
    const seconds = ((performance.now() - begunAt) / 1000).toFixed(1);
    await lost.bringBack();
    assert.equal(run.phase, "done", `${explain(run)}\n${logs(world)}`);
    assert.equal(run.moved?.bytes, FILES * FILE_BYTES);
    const proven = await pointHolds(world, story, run);
    report(
      `the active NameNode of ${side} ${end} after ${(moved / MIB).toFixed(0)} of ${(FILES * FILE_BYTES) / MIB} MiB: sealed after ${seconds} s, ${proven.entries} entries equal`,
    );
  }
}

/** One directory, snapshottable, empty, and its service. */
async function smallStory(world: World): Promise<Protected> {
  const place = placeOf("failover");
  const data = `${place.source}/blobs`;
  const { east } = world.pair;
  const hdfs = east.as(east.superuser);
  await hdfs.call("PUT", data, "MKDIRS");
  await hdfs.call("PUT", data, "ALLOWSNAPSHOT");
  const story = { ...place, dataSets: [data] };
  await world.applyService({
    name: story.service,
    dataSets: story.dataSets,
    source: story.source,
    target: story.holding,
    policy: [`bandwidth: ${BANDWIDTH}`],
  });
  return story;
}

/** Other bytes in the same files: all of them must move. */
async function fill(world: World, { dataSets: [data = ""] }: Protected): Promise<void> {
  const { east } = world.pair;
  const hdfs = east.as(east.superuser);
  await Promise.all(
    Array.from({ length: FILES }, (_, index) => hdfs.write(`${data}/blob-${index}`, randomBytes(FILE_BYTES))),
  );
}

interface Progressing extends Run {
  readonly progress: { readonly source: { readonly bytesDone: number } | null };
}

/** Resolves with the bytes that were moved when it was clearly in the middle. */
function copying(world: World, id: string): Promise<number> {
  let last = "nothing was heard of it";
  return until(
    `${id} in mid-copy`,
    COPYING_WITHIN_MS,
    async () => {
      const run = await world.ask<Progressing>(["run", "get", id]);
      last = `it is in ${run.phase}, ${JSON.stringify(run.progress)}`;
      assert.ok(run.phase !== "done" && run.phase !== "failed", `too late, or too early: ${explain(run)}`);
      const bytes = run.progress.source?.bytesDone ?? 0;
      return run.phase === "sending" && bytes >= GOES_AFTER_BYTES ? bytes : null;
    },
    () => `${last}\n${logs(world)}`,
  );
}

/** The other NameNode is active when this resolves. `bringBack` makes the first one active again, for the witness asks that one. */
async function loseActive(
  world: World,
  side: Side,
  end: End,
): Promise<{ readonly bringBack: () => Promise<void> }> {
  const { own } = world.pair[side];
  assert.ok(own?.highAvailability, "the cluster is a pair of this process's own");
  const pair: HighAvailability = own.highAvailability;
  const active = await pair.active();
  assert.ok(active !== null, "a NameNode is active");
  const daemon = own.nameNodeDaemons[active];
  assert.ok(daemon?.process);
  if (end === "dies") await daemon.kill();
  else daemon.freeze();
  await pair.failOver(1 - active);
  return {
    async bringBack() {
      await revived(daemon, end);
      await own.ready();
      await pair.failOver(0);
      await own.ready();
    },
  };
}

/** One that hung must not find itself active still: the JournalNodes no longer take its edits, so it ends itself or is ended. */
async function revived(daemon: Daemon, end: End): Promise<void> {
  if (end === "hangs" && daemon.process !== null) await daemon.kill();
  await daemon.start();
}
