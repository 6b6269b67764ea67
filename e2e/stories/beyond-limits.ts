// What an agent's own limits do not allow it refuses, whoever instructs it, and the refusal is in the audit log.
import assert from "node:assert/strict";
import { serviceYaml } from "../harness/documents.ts";
import { explain, protect } from "../harness/protect.ts";
import type { World } from "../harness/world.ts";
import { leftovers } from "../independent/leftovers.ts";
import { populate } from "../workload/population.ts";
import { placeOf } from "./protected.ts";

/** `world` must have been started with the limits below. */
export const LIMITS = { eastReads: ["/shops/allowed"], westWrites: ["/backups/allowed"] };

export async function beyondLimits(world: World): Promise<void> {
  const { east, west } = world.pair;
  const outside = placeOf("outside");
  await populate(east.as(east.superuser), east.as, outside.shop, { files: 9, seed: 1 });
  const cases = [
    // The source's agent may not read the data sets.
    { name: "unread", dataSets: outside.dataSets, target: "/backups/allowed/unread" },
    // The target's agent may not write to the holding directory.
    { name: "unwritten", dataSets: ["/shops/allowed/orders"], target: "/backups/elsewhere" },
  ];
  await east.as(east.superuser).call("PUT", "/shops/allowed/orders", "MKDIRS");
  await east.as(east.superuser).call("PUT", "/shops/allowed/orders", "ALLOWSNAPSHOT");
  for (const words of cases) {
    const applied = await world.cli(["service", "apply", "-f", yaml(world, words), "--yes"]);
    // Refused when it is applied, or at the latest when it is to act.
    if (applied.code !== 0) {
      assert.match(applied.stderr, /beyond|limits/i, `${words.name}: ${applied.stderr}`);
      continue;
    }
    const run = await protect(world, words.name);
    assert.equal(run.phase, "failed", explain(run));
    assert.equal(run.cause?.code, "beyond-limits", explain(run));
    const { items } = await world.ask<{ items: { what: string; object: string; details: unknown }[] }>([
      "audit",
      "list",
    ]);
    const told = items.filter(({ details }) => JSON.stringify(details).includes("beyond-limits"));
    assert.ok(told.length > 0, `the refusal for ${words.name} is in the audit log`);
  }
  const left = await leftovers(
    east.as(east.superuser),
    [...outside.dataSets, "/shops/allowed/orders"],
    west.as(west.superuser),
    "/backups/elsewhere",
  );
  assert.deepEqual(Object.values(left.primary).flat(), [], "no snapshot was taken");
  assert.deepEqual([...left.staging, ...left.sealed], [], "nothing was written");
}

function yaml(
  world: World,
  words: { readonly name: string; readonly dataSets: readonly string[]; readonly target: string },
): string {
  return world.file(`${words.name}.yaml`, serviceYaml(words));
}
