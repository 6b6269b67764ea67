// The control device by itself: two services with policies of their own, one pushed, one pulled, under living writers.
// Every instant of each policy has one fate; what was taken was taken at its instant and holds; a pause is told.
import assert from "node:assert/strict";
import type { Point, Run } from "../harness/answers.ts";
import { logs, type World } from "../harness/world.ts";
import { until } from "../harness/wait.ts";
import { startMutators } from "../workload/mutators.ts";
import { nothingLeftBehind } from "./clean.ts";
import { pointHolds } from "./point-holds.ts";
import { type Protected, protectedShop } from "./protected.ts";

export interface ByPolicyOptions {
  readonly name: string;
  /** Points that each service must get. */
  readonly points: number;
  readonly everyMs: number;
  readonly report: (line: string) => void;
}

interface Moment {
  readonly moment: string;
  readonly fate: "run" | "missed" | "paused";
  readonly run: string | null;
  readonly cause: { readonly code: string; readonly message: string } | null;
  readonly more: number;
}

const WRITERS_PAUSE_MS = 300;
const FILES = 40;

export async function byPolicy(world: World, options: ByPolicyOptions): Promise<void> {
  const { everyMs } = options;
  const words = { moments: [`every: ${everyMs / 1000}s`], rpo: "5m" };
  const pushed = await protectedShop(world, { name: `${options.name}-push`, files: FILES, words });
  const pulled = await protectedShop(world, {
    name: `${options.name}-pull`,
    files: FILES,
    words: { ...words, direction: "pull" },
  });
  const services = [pushed, pulled];
  const { east } = world.pair;
  const mutators = await Promise.all(
    services.map(({ shop }, seed) => startMutators({ shop, as: east.as, seed, pauseMs: WRITERS_PAUSE_MS })),
  );
  try {
    for (const story of services) {
      await until(
        `${options.points} points of ${story.service}`,
        everyMs * options.points * 10 + 60_000,
        async () => ((await points(world, story)).length >= options.points ? true : null),
        () => logs(world),
      );
    }
    await paused(world, pushed, everyMs);
  } finally {
    await Promise.allSettled(mutators.map((each) => each.stop()));
  }
  for (const story of services) {
    await world.cli(["service", "pause", story.service, "--why", "the story ends"]);
    const last = await quiet(world, story);
    await judgeMoments(world, story, everyMs, options.report);
    await pointHolds(world, story, last, { writersLive: true });
    await nothingLeftBehind(world, story, last);
  }
}

/** While it is paused no moment is taken, and each is told as paused with the reason. */
async function paused(world: World, { service }: Protected, everyMs: number): Promise<void> {
  const answer = await world.cli(["service", "pause", service, "--until", "+1h", "--why", "an upgrade"]);
  assert.equal(answer.code, 0, answer.stderr);
  await until("a paused moment", everyMs * 3 + 15_000, async () => {
    const held = (await moments(world, service)).find(({ fate }) => fate === "paused");
    if (held === undefined) return null;
    assert.match(held.cause?.message ?? "", /an upgrade/);
    return true;
  });
  assert.equal((await world.cli(["service", "resume", service])).code, 0);
}

/** Every instant of the policy once, in order; runs at their instant; a cause beside all that was not taken. */
async function judgeMoments(
  world: World,
  { service }: Protected,
  everyMs: number,
  report: (line: string) => void,
): Promise<void> {
  const all = (await moments(world, service)).toReversed();
  const instants = all.map(({ moment }) => Date.parse(moment));
  const [first = 0] = instants;
  assert.deepEqual(
    instants,
    all.map((_, index) => first + index * everyMs),
    `the moments of ${service}: none left out, none doubled`,
  );
  assert.equal(first % everyMs, 0, "the instant entered is the instant");
  for (const { moment, fate, run, cause } of all) {
    if (fate === "run") {
      const taken = await world.ask<Run>(["run", "get", run ?? ""]);
      assert.equal(taken.moment, moment, "to the millisecond");
    } else assert.ok((cause?.message.length ?? 0) > 10, `${moment} was ${fate} without a cause`);
  }
  const count = (fate: string): number => all.filter((one) => one.fate === fate).length;
  const missed = new Set(all.filter(({ fate }) => fate === "missed").map(({ cause }) => cause?.code));
  report(
    `${service}: ${all.length} moments, ${count("run")} taken, ${count("paused")} paused, ${count("missed")} missed ` +
      `(${[...missed].join(", ")})`,
  );
}

/** The last run that made a point, once none goes on. */
async function quiet(world: World, story: Protected): Promise<Run> {
  return until("no run", 120_000, async () => {
    const { items } = await world.ask<{ items: Run[] }>(["run", "list", "--service", story.service]);
    if (items.some(({ phase }) => phase !== "done" && phase !== "failed")) return null;
    return items.find(({ phase }) => phase === "done") ?? null;
  });
}

async function points(world: World, { service }: Protected): Promise<readonly Point[]> {
  return (await world.ask<{ items: Point[] }>(["point", "list", service])).items;
}

async function moments(world: World, service: string): Promise<readonly Moment[]> {
  return (await world.ask<{ items: Moment[] }>(["service", "moments", service])).items;
}
