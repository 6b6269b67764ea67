// An agent that moves one transfer at a time, and four services whose data wait for it: they go by priority, whoever came first.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { withLimit } from "../harness/agent-limits.ts";
import { ask, explain, finished } from "../harness/protect.ts";
import { enteredMs, runLog } from "../harness/run-log.ts";
import type { World } from "../harness/world.ts";

const MIB = 1024 * 1024;
/** Whoever has the slot keeps it until all others wait. */
const HOLDER = { name: "prior-holder", priority: 1, bytes: 24 * MIB, after: 6000 };
const OTHERS = [
  { name: "prior-low", priority: 10, bytes: 8 * MIB, after: 7000 },
  { name: "prior-high", priority: 90, bytes: 8 * MIB, after: 8000 },
  { name: "prior-middle", priority: 50, bytes: 8 * MIB, after: 7500 },
];
const RATE = "4MiB/s";

export async function priorities(world: World, report: (line: string) => void): Promise<void> {
  const { east } = world.pair;
  const hdfs = east.as(east.superuser);
  for (const { name, priority, bytes } of [HOLDER, ...OTHERS]) {
    const data = `/shops/${name}/blobs`;
    await hdfs.call("PUT", data, "MKDIRS");
    await hdfs.call("PUT", data, "ALLOWSNAPSHOT");
    await hdfs.write(`${data}/blob`, randomBytes(bytes));
    const policy = [`priority: ${priority}`, `bandwidth: ${RATE}`];
    await world.applyService({ name, dataSets: [data], target: `/backups/${name}`, policy });
  }
  await withLimit(world, "east", "transfers: 1\n", async () => {
    const now = Date.now();
    const accepted = await Promise.all(
      [HOLDER, ...OTHERS].map(({ name, after }) => ask(world, name, new Date(now + after).toISOString())),
    );
    const ended: { readonly name: string; readonly atMs: number }[] = [];
    for (const { id, service } of accepted) {
      const run = await finished(world, id);
      assert.equal(run.phase, "done", explain(run));
      const lines = await runLog(world, id);
      const atMs = enteredMs(lines, "verifying");
      assert.ok(atMs !== null, `${service}: ${lines.map(({ text }) => text).join("\n")}`);
      ended.push({ name: service, atMs });
    }
    ended.sort((one, other) => one.atMs - other.atMs);
    for (const { name, atMs } of ended)
      report(`${name}: all had come after ${((atMs - now) / 1000).toFixed(1)} s`);
    assert.deepEqual(
      ended.map(({ name }) => name),
      ["prior-holder", "prior-high", "prior-middle", "prior-low"],
    );
  });
}
