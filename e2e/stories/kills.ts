// kill -9 of the control device and of each agent at many times of a run: the run goes on or stops with its reason, and
// after the next point nothing is left behind and everything is right.
import assert from "node:assert/strict";
import type { Run } from "../harness/answers.ts";
import { askAhead, explain, finished, protectAt, protectWell } from "../harness/protect.ts";
import { pause } from "../harness/wait.ts";
import type { World } from "../harness/world.ts";
import { startMutators } from "../workload/mutators.ts";
import { nothingLeftBehind } from "./clean.ts";
import { pointHolds } from "./point-holds.ts";
import { protectedShop } from "./protected.ts";

export type Victim = "control" | "east" | "west";

export interface KillsOptions {
  readonly name: string;
  readonly victims: readonly Victim[];
  /** Kills of each victim, spread evenly over the time that a run takes. */
  readonly times: number;
  readonly files: number;
  readonly seed: number;
  /** Which of the evenly spread times are taken; default all. */
  readonly only?: readonly number[];
  readonly report: (line: string) => void;
}

const LIVE = { writersLive: true };
const DOWN_MS = 300;
const AHEAD_MS = 1500;
const CAUSE_MIN_CHARACTERS = 10;

export async function kills(world: World, options: KillsOptions): Promise<void> {
  const story = await protectedShop(world, { ...options, progress: options.report });
  const { east } = world.pair;
  const mutators = await startMutators({ shop: story.shop, as: east.as, seed: options.seed, pauseMs: 100 });
  try {
    await protectWell(world, story.service);
    const begunAt = performance.now();
    const { run: normal } = await protectAt(world, story.service, AHEAD_MS);
    const wholeMs = performance.now() - begunAt;
    await nothingLeftBehind(world, story, normal);
    options.report(`a run of ${story.service} takes ${Math.round(wholeMs)} ms undisturbed`);

    for (const victim of options.victims) {
      for (let number = 0; number < options.times; number++) {
        if (options.only !== undefined && !options.only.includes(number)) continue;
        const afterMs = (wholeMs * (number + 0.5)) / options.times;
        const run = await killDuring(world, story.service, victim, afterMs);
        const ended = run.phase === "done" ? "went on to its point" : `stopped: ${run.cause?.code}`;
        options.report(`kill -9 of ${victim} ${Math.round(afterMs)} ms after the request: ${ended}`);
        if (run.phase === "done") await pointHolds(world, story, run, LIVE);
        else assert.ok((run.cause?.message.length ?? 0) >= CAUSE_MIN_CHARACTERS, explain(run));
        const next = await protectWell(world, story.service);
        await pointHolds(world, story, next, LIVE);
        await nothingLeftBehind(world, story, next);
      }
    }
  } finally {
    await Promise.allSettled([mutators.stop()]);
  }
  await mutators.stop();
}

async function killDuring(world: World, service: string, victim: Victim, afterMs: number): Promise<Run> {
  const begunAt = performance.now();
  const { run: asked } = await askAhead(world, service, AHEAD_MS);
  await pause(Math.max(0, afterMs - (performance.now() - begunAt)));
  const target = victim === "control" ? world.control : world[victim].process;
  await target.kill();
  await pause(DOWN_MS);
  await target.start();
  const run = await finished(world, asked.id);
  await world.settled();
  return run;
}
