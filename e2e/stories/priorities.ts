// Four services with one moment, an agent that may move data for one at a time. Whose snapshots are told first takes the slot; those
// that wait then go by priority, and say while they wait how many go before them.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Run } from "../harness/answers.ts";
import { ask, explain, finished } from "../harness/protect.ts";
import { until } from "../harness/wait.ts";
import { logs, type World } from "../harness/world.ts";
import { plainFiles, PLAIN_BYTES } from "../workload/plain-files.ts";
import { placeOf } from "./protected.ts";

const PRIORITIES = [20, 95, 60, 40] as const;
/** So slow that all wait while the first is sent. */
const BYTES_PER_SECOND = 16_384 * 1.25;
const AHEAD_MS = 4000;

export async function byPriority(
  world: World,
  { report }: { report: (line: string) => void },
): Promise<void> {
  const file = join(world.east.dataFolder, "limits.yaml");
  await world.east.process.stop();
  writeFileSync(file, `${readFileSync(file, "utf8")}transfers: 1\n`);
  await world.east.process.start();
  await world.settled();
  for (const priority of PRIORITIES) await service(world, priority);

  const at = new Date(Date.now() + AHEAD_MS).toISOString();
  const begun = await Promise.all(PRIORITIES.map(async (priority) => ask(world, nameOf(priority), at)));
  await until(
    "three that wait",
    20_000,
    async () => {
      const runs = await Promise.all(begun.map(({ id }) => world.ask<WaitingRun>(["run", "get", id])));
      const waiting = runs.filter(({ progress }) => progress.source?.doing.startsWith("waiting: "));
      return waiting.length === PRIORITIES.length - 1 ? waiting : null;
    },
    () => logs(world),
  );

  const ends: { priority: number; sentAt: number }[] = [];
  for (const [index, { id }] of begun.entries()) {
    const run = await finished(world, id);
    assert.equal(run.phase, "done", explain(run));
    ends.push({ priority: PRIORITIES[index] ?? 0, sentAt: await sentAt(world, run) });
  }
  const order = ends.sort((a, b) => a.sentAt - b.sentAt).map(({ priority }) => priority);
  const [first, ...rest] = order;
  report(`sent in the order ${order.join(", ")}`);
  assert.deepEqual(
    rest,
    [...PRIORITIES].filter((one) => one !== first).sort((a, b) => b - a),
  );
}

interface WaitingRun {
  readonly progress: { readonly source: { readonly doing: string } | null };
}

const nameOf = (priority: number): string => `priority-${priority}`;

async function service(world: World, priority: number): Promise<void> {
  const name = nameOf(priority);
  const place = placeOf(name);
  const { east } = world.pair;
  const data = `${place.source}/data`;
  const hdfs = east.as(east.superuser);
  await plainFiles(hdfs, data, true);
  await hdfs.write(`${data}/more`, Buffer.alloc(PLAIN_BYTES * 4, name));
  await world.applyService({
    name,
    dataSets: [data],
    source: place.source,
    target: place.holding,
    policy: [`priority: ${priority}`, `bandwidth: ${BYTES_PER_SECOND}B/s`],
  });
}

async function sentAt(world: World, { id }: Run): Promise<number> {
  const { items } = await world.ask<{ items: { at: string; text: string }[] }>(["run", "logs", id]);
  return Date.parse(items.find(({ text }) => text === "entered verifying")?.at ?? "");
}
