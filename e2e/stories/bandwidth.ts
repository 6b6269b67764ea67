// 64 MiB under a policy's bandwidth: pushed, then written anew and pulled, then with the bandwidth edited. The time that counts
// is that of the transfer alone, by the run's own log.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import type { Run } from "../harness/answers.ts";
import { protectWell } from "../harness/protect.ts";
import { enteredMs, runLog } from "../harness/run-log.ts";
import type { World } from "../harness/world.ts";
import { pointHolds } from "./point-holds.ts";
import { type Protected, placeOf } from "./protected.ts";

const MIB = 1024 * 1024;
const FILES = 4;
const FILE_BYTES = 16 * MIB;
/** As a policy is held to: 8 s ± 15 %. */
const SHARE_OFF_MAX = 0.15;
const TRIES_MAX = 3;

export interface BandwidthOptions {
  readonly name: string;
  readonly report: (line: string) => void;
}

export async function keptToBandwidth(world: World, { name, report }: BandwidthOptions): Promise<void> {
  const story = await smallStory(world, name);
  for (const [direction, bytesPerSecond] of [
    ["push", 8 * MIB],
    ["pull", 8 * MIB],
    ["push", 16 * MIB],
  ] as const) {
    await world.applyService({
      name,
      dataSets: story.dataSets,
      target: story.holding,
      source: story.source,
      direction,
      policy: [`bandwidth: ${bytesPerSecond / MIB}MiB/s`],
    });
    const run = await inTime(world, story, { direction, bytesPerSecond }, report);
    await pointHolds(world, story, run);
  }
}

/** Faster than allowed is wrong at once. A host that is busy with other things may make one slower: then another try decides. */
async function inTime(
  world: World,
  story: Protected,
  { direction, bytesPerSecond }: { readonly direction: string; readonly bytesPerSecond: number },
  report: (line: string) => void,
): Promise<Run> {
  const rate = `${bytesPerSecond / MIB}MiB/s`;
  const dueMs = ((FILES * FILE_BYTES) / bytesPerSecond) * 1000;
  for (let tries = TRIES_MAX; ; tries--) {
    await fill(world, story);
    const run = await protectWell(world, story.service);
    assert.equal(run.moved?.bytes, FILES * FILE_BYTES);
    assert.equal(run.bandwidth, rate, "run get shows what it was held to");
    const tookMs = await sendingMs(world, run);
    report(`${direction}: 64 MiB at ${rate} took ${(tookMs / 1000).toFixed(2)} s, ${dueMs / 1000} s are due`);
    assert.ok(tookMs > dueMs * (1 - SHARE_OFF_MAX), `${direction}: faster than allowed`);
    if (tookMs < dueMs * (1 + SHARE_OFF_MAX)) return run;
    assert.ok(tries > 1, `${direction}: ${tookMs} ms where ${dueMs} are due`);
  }
}

/** One directory, snapshottable, empty. */
async function smallStory(world: World, name: string): Promise<Protected> {
  const place = placeOf(name);
  const data = `${place.source}/blobs`;
  const { east } = world.pair;
  const hdfs = east.as(east.superuser);
  await hdfs.call("PUT", data, "MKDIRS");
  await hdfs.call("PUT", data, "ALLOWSNAPSHOT");
  return { ...place, dataSets: [data] };
}

/** Other bytes in the same files: all of them must move. */
async function fill(world: World, { dataSets: [data = ""] }: Protected): Promise<void> {
  const { east } = world.pair;
  const hdfs = east.as(east.superuser);
  await Promise.all(
    Array.from({ length: FILES }, (_, index) => hdfs.write(`${data}/blob-${index}`, randomBytes(FILE_BYTES))),
  );
}

/** From the moment's grade to the reading back. */
async function sendingMs(world: World, { id }: Run): Promise<number> {
  const lines = await runLog(world, id);
  const [from, to] = [enteredMs(lines, "sending"), enteredMs(lines, "verifying")];
  assert.ok(from !== null && to !== null, "the run's log says when it began to send and to verify");
  return to - from;
}
