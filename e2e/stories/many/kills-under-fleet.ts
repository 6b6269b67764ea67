// kill -9 of the control device and of the agents at random, many times, under twenty services that run by policy. When
// all is quiet again: no moment lost or doubled, no orphan, every sealed point holds, and each service goes on.
import assert from "node:assert/strict";
import type { ProductProcess } from "../../harness/daemon.ts";
import { pause, until } from "../../harness/wait.ts";
import type { World } from "../../harness/world.ts";
import { chance } from "../../workload/random.ts";
import { clusterOf, fleet } from "./fleet.ts";
import { allRecords, judgeMoments, judgePoints, quiet } from "./judge.ts";

export interface KillsUnderFleetOptions {
  readonly services: number;
  readonly files: number;
  readonly times: number;
  readonly seed: number;
  readonly report: (line: string) => void;
}

const EVERY_MS = [15_000, 20_000, 30_000];
const WRITER_PAUSE_MS = 3000;
const BETWEEN_MS = { least: 500, spread: 5000 };
const DOWN_MS_MAX = 1500;
const REPORT_EVERY = 20;
const GOES_ON_WITHIN_MS = 180_000;

export async function killsUnderFleet(world: World, options: KillsUnderFleetOptions): Promise<void> {
  const { report } = options;
  const random = chance(options.seed);
  const { services, south, ...made } = await fleet(world, {
    ...options,
    everyMs: EVERY_MS,
    writerPauseMs: WRITER_PAUSE_MS,
    forgiven: new Set(),
  });
  try {
    const victims: readonly ProductProcess[] = [
      world.control,
      world.east.process,
      world.west.process,
      south.agent.process,
    ];
    const killed = new Map<string, number>();
    for (let number = 1; number <= options.times; number++) {
      await pause(BETWEEN_MS.least + random.below(BETWEEN_MS.spread));
      const victim = random.pick(victims);
      await victim.kill();
      killed.set(victim.role, (killed.get(victim.role) ?? 0) + 1);
      await pause(random.below(DOWN_MS_MAX));
      await victim.start();
      if (number % REPORT_EVERY === 0) report(`killed ${number} of ${options.times}`);
    }
    report(`killed ${[...killed].map(([role, times]) => `${role} ×${times}`).join(", ")}`);
    await world.settled();
    const endedAt = Date.now();
    await until("a point of each service after the last kill", GOES_ON_WITHIN_MS, async () => {
      const records = await allRecords(world, services);
      return records.every(({ points }) => Date.parse(points[0]?.moment ?? "") > endedAt) ? true : null;
    });
    report(`each service has a new point ${Math.round((Date.now() - endedAt) / 1000)} s after the last kill`);
    await quiet(world);
    await made.quiet();
    const records = await allRecords(world, services);
    for (const record of records) judgeMoments(record);
    const sum = (fate: string): number =>
      records.flatMap(({ moments }) => moments).filter((one) => one.fate === fate).length;
    const runs = records.flatMap((record) => [...record.runs.values()]);
    const causes = new Map<string, number>();
    for (const { phase, cause } of runs)
      if (phase === "failed") causes.set(cause?.code ?? "none", (causes.get(cause?.code ?? "none") ?? 0) + 1);
    report(
      `${sum("run")} moments run, ${sum("missed")} missed with their cause; ${runs.length} runs, ` +
        `${[...causes].map(([code, times]) => `${times} ${code}`).join(", ")}`,
    );
    let points = 0;
    for (const record of records)
      points += await judgePoints(world, clusterOf(world, south.cluster, record.service), record);
    report(`${points} sealed points walked: each equals its manifest, the newest of each the primary`);
    assert.ok(points > services.length);
  } finally {
    await made.close();
  }
}
