// A directory is removed between arming and the moment: there is no point, the previous one stays, the reason is named.
import assert from "node:assert/strict";
import type { Point } from "../harness/answers.ts";
import { ask, explain, finished, protectWell } from "../harness/protect.ts";
import { until } from "../harness/wait.ts";
import type { World } from "../harness/world.ts";
import { pointHolds } from "./point-holds.ts";
import { nothingLeftBehind } from "./clean.ts";
import { type Protected, protectedShop } from "./protected.ts";

const AHEAD = "+4s";
const ARMED_WITHIN_MS = 4000;

export async function removedBeforeTheMoment(world: World, name: string): Promise<void> {
  // A covering root: a directory that is itself a root cannot be removed while it has snapshots.
  const story = await protectedShop(world, { name, snapshottable: "covering" });
  const { east, west } = world.pair;
  const first = await protectWell(world, story.service);
  const lost = story.dataSets[1] as string;

  const { id } = await ask(world, story.service, AHEAD);
  await until("the armed run", ARMED_WITHIN_MS, async () => {
    const { phase } = await world.ask<{ phase: string }>(["run", "get", id]);
    return phase === "armed" ? true : null;
  });
  const superuser = east.as(east.superuser);
  await superuser.call("PUT", lost, "RENAME", { destination: `${story.source}/elsewhere` });
  const run = await finished(world, id);
  assert.equal(run.phase, "failed", "a run without one of its directories makes no point");
  assert.equal(run.cause?.code, "set-missing", explain(run));
  assert.ok(run.cause.message.includes(lost), `the directory is named: ${run.cause.message}`);
  await onlyPoint(world, story, first.point);
  const current = west.as(west.superuser);
  const sealed = await current.call("GET", `${story.holding}/.snapshot/current/items`, "GETFILESTATUS");
  assert.ok(sealed["FileStatus"] !== undefined, "the previous point is still read");

  await superuser.call("PUT", `${story.source}/elsewhere`, "RENAME", { destination: lost });
  const again = await protectWell(world, story.service);
  await pointHolds(world, story, again);
  await nothingLeftBehind(world, story, again);
}

async function onlyPoint(world: World, story: Protected, point: string): Promise<void> {
  const { items } = await world.ask<{ items: Point[] }>(["point", "list", story.service]);
  assert.deepEqual(
    items.map(({ id }) => id),
    [point],
    "the previous point is the only one",
  );
}
