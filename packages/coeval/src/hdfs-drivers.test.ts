import assert from "node:assert/strict";
import { test } from "node:test";
import type { World } from "@coeval/core/ports/world";
import { NOTHING_LOCAL } from "@coeval/drivers/hdfs/local-access";
import { keptLog } from "@coeval/platform/testing/parties";
import { hdfsDrivers } from "./hdfs-drivers.ts";

const cancel = new AbortController().signal;

test("an endpoint that the agent has no key for is told with every answer, and nothing is connected to", async () => {
  const log = keptLog();
  const world = { log } as unknown as World;
  const kerberos = { nameNode: "nn/_HOST@EAST.TEST" };
  const endpoint = { name: "east", url: "hdfs://nn:8020", kerberos };
  const { source, target } = hdfsDrivers(world, endpoint, () => undefined, NOTHING_LOCAL);
  const status = await source.probe(cancel);
  assert.deepEqual([status.reachable, status.code], [false, "kerberos-wanted"]);
  assert.match(status.cause ?? "", /this cluster wants Kerberos; give the agent --keytab and --principal/);
  await assert.rejects(source.inspect(["/"], cancel), { code: "kerberos-wanted" });
  const holding = { service: "s", directory: "/holding", run: "r", sets: [], basePoint: null };
  await assert.rejects(target.open(holding, cancel), { code: "kerberos-wanted" });
});
