// Times of day that a zone's clocks skip in spring or show twice in autumn: what becomes of them is told before they come;
// and a blackout that is added later may not silently end a rule that stood.
import assert from "node:assert/strict";
import { serviceYaml } from "../harness/documents.ts";
import type { World } from "../harness/world.ts";

const USAGE = 2;

export async function toldMoments(world: World): Promise<void> {
  const { east } = world.pair;
  const path = "/told/data";
  await east.as(east.superuser).call("PUT", path, "MKDIRS");
  await east.as(east.superuser).call("PUT", path, "ALLOWSNAPSHOT");
  // Once a year, on the night of each change, whichever year it is now.
  const moments = [`{ cron: "30 2 * 3,10 sun", zone: Europe/Berlin }`];
  const words = { name: "told", dataSets: [path], target: "/backups/told", moments };
  await world.applyService(words);
  const { items } = await world.ask<{ items: { local: string; occurrence: string }[] }>([
    "service",
    "moments",
    "told",
    "--next",
  ]);
  const notes = new Set(items.map(({ occurrence }) => occurrence));
  // Ten Sundays of March and October hold one change at least.
  assert.ok(notes.has("skipped") || notes.has("first"), JSON.stringify(items));
  const { stdout } = await world.cli(["service", "moments", "told", "--next"]);
  assert.match(
    stdout,
    /the clocks skip this time: taken when they leap|this time comes twice: taken the first time/,
  );

  const refused = async (more: string, ...names: RegExp[]) => {
    const text = serviceYaml(words).replace("    moments:\n", `${more}    moments:\n`);
    const answer = await world.cli(["service", "apply", "-f", world.file("told.yaml", text), "--yes"]);
    assert.equal(answer.code, USAGE, answer.stderr);
    for (const name of names) assert.match(answer.stderr, name);
  };
  await refused(
    `    blackout:\n      - { from: "00:00", to: "24:00", zone: UTC }\n`,
    /spec\.policy\.blackout: leaves spec\.policy\.moments\[0\] no moment/,
    /narrow it, or take out or move that rule/,
  );
  const told = await world.ask<{ spec: { policy: Record<string, unknown> } }>(["service", "get", "told"]);
  assert.deepEqual(told.spec.policy["blackout"] ?? [], [], "the policy is as it was");
  assert.equal((await world.cli(["service", "delete", "told", "--points", "keep", "--yes"])).code, 0);
}
