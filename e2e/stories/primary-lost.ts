// The whole primary site is gone, its cluster and its agent: the control device answers and names the cause within ten
// seconds, and an ordinary user reads the recovery point on the secondary.
import assert from "node:assert/strict";
import type { Status } from "../harness/answers.ts";
import { protectWell, tryProtect } from "../harness/protect.ts";
import { until } from "../harness/wait.ts";
import type { World } from "../harness/world.ts";
import { pointHolds } from "./point-holds.ts";
import { protectedShop } from "./protected.ts";

const TOLD_WITHIN_MS = 10_000;
const BACK_WITHIN_MS = 60_000;

export interface Loss {
  readonly name: string;
  /** Ends or freezes the cluster's daemons, and lets them come back. */
  readonly lose: () => Promise<void> | void;
  readonly bringBack: () => Promise<void> | void;
  readonly report: (line: string) => void;
}

export async function primaryLost(world: World, loss: Loss): Promise<void> {
  const story = await protectedShop(world, { name: loss.name });
  const run = await protectWell(world, story.service);
  await pointHolds(world, story, run);
  const east = world.pair.east.as("alice");
  const { west } = world.pair;
  const file = `${(story.dataSets[0] as string).slice(story.source.length + 1)}/odd/a b`;
  const expected = await text(east.read(`${story.source}/${file}`));

  // The cluster first, while its agent still lives: the agent must tell of it.
  await loss.lose();
  await told(world, "the cluster's loss", ["unreachable"], loss.report);
  await world.east.process.kill();
  await told(world, "the agent's loss", ["agent-away", "unreachable"], loss.report);

  const refused = await tryProtect(world, story.service);
  assert.notEqual(refused.code, 0, "no moment is accepted without the primary's agent");
  assert.match(refused.stderr, /agent-away/);
  const ordinary = west.as("alice");
  const read = await text(ordinary.read(`${story.holding}/.snapshot/current/${file}`));
  assert.equal(read, expected, "an ordinary user reads the point on the secondary");
  const points = await world.ask<{ items: unknown[] }>(["point", "list", story.service]);
  assert.equal(points.items.length, 1);

  await loss.bringBack();
  await world.east.process.start();
  await world.settled(BACK_WITHIN_MS);
  const next = await protectWell(world, story.service);
  await pointHolds(world, story, next);
}

/** Polls `coeval status` from the moment of the loss; it must answer each time, and name the cause in time. */
async function told(
  world: World,
  what: string,
  states: readonly string[],
  report: (line: string) => void,
): Promise<void> {
  const begunAt = performance.now();
  let seen = "nothing";
  await until(
    what,
    TOLD_WITHIN_MS,
    async () => {
      const status = await world.ask<Status>(["status"], { timeoutMs: 5000 });
      const east = status.clusters.find(({ name }) => name === "east");
      seen = JSON.stringify({
        east: east?.status.state,
        cause: east?.status.cause,
        troubles: status.troubles,
      });
      const trouble = status.troubles.find(({ about, text }) => `${about} ${text}`.includes("east"));
      const named = east !== undefined && states.includes(east.status.state) && east.status.cause !== null;
      return named && trouble !== undefined && !status.safe ? true : null;
    },
    () => seen,
  );
  report(`${what} was told after ${Math.round(performance.now() - begunAt)} ms: ${seen.slice(0, 300)}`);
}

async function text(chunks: AsyncIterable<Buffer>): Promise<string> {
  const all: Buffer[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all).toString("utf8");
}
