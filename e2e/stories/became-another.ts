// A name in DNS is changed by mistake: the primary's endpoint answers, but it is another cluster, one on which the same
// paths may well exist. Nothing is taken from it and nothing changed on it.
import assert from "node:assert/strict";
import type { Run } from "../harness/answers.ts";
import { explain, finished, tryProtect } from "../harness/protect.ts";
import type { Switchboard } from "../harness/switchboard.ts";
import type { World } from "../harness/world.ts";
import { leftovers } from "../independent/leftovers.ts";
import type { Protected } from "./protected.ts";

export async function becameAnother(world: World, story: Protected, board: Switchboard): Promise<void> {
  const { east, west } = world.pair;
  const remains = () =>
    leftovers(east.as(east.superuser), story.dataSets, west.as(west.superuser), story.holding);
  const before = await remains();
  board.turn(west.nameNodeHttp);
  try {
    await told(world, story);
  } finally {
    board.turn(east.nameNodeHttp);
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
