// A name in DNS is changed by mistake: the primary's endpoint answers, but it is another cluster, one on which the same
// paths may well exist. Nothing is taken from it and nothing changed on it.
import assert from "node:assert/strict";
import type { Run, Status } from "../harness/answers.ts";
import { explain, finished, tryProtect } from "../harness/protect.ts";
import type { Switchboard } from "../harness/switchboard.ts";
import { until } from "../harness/wait.ts";
import type { World } from "../harness/world.ts";
import { leftovers } from "../independent/leftovers.ts";
import type { Protected } from "./protected.ts";

const TOLD_WITHIN_MS = 10_000;

export async function becameAnother(world: World, story: Protected, board: Switchboard): Promise<void> {
  const { east, west } = world.pair;
  const remains = () =>
    leftovers(east.as(east.superuser), story.dataSets, west.as(west.superuser), story.holding);
  const before = await remains();
  board.turn(west.nameNodeRpc);
  try {
    await told(world, story);
    await until("the status that tells of it", TOLD_WITHIN_MS, async () => {
      const { troubles } = await world.ask<Status>(["status"]);
      return troubles.some(({ about, text }) => about === "cluster/east" && text.includes("CID-"))
        ? true
        : null;
    });
  } finally {
    board.turn(east.nameNodeRpc);
  }
  assert.deepEqual(await remains(), before, "no snapshot was taken, on neither cluster");
  await world.settled();
}

/** Refused at once when the agent has noticed already, else the run fails: whichever, the reason is the identity. */
async function told(world: World, story: Protected): Promise<void> {
  const answer = await tryProtect(world, story.service);
  if (answer.code !== 0) return assert.match(answer.stderr, /cluster-identity/);
  const run = await finished(world, answer.json<Run>().id);
  assert.equal(run.phase, "failed");
  assert.equal(run.cause?.code, "cluster-identity", explain(run));
}
