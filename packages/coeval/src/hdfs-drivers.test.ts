import assert from "node:assert/strict";
import { test } from "node:test";
import type { World } from "@coeval/core/ports/world";
import { NOTHING_LOCAL } from "@coeval/drivers/hdfs/local-access";
import { keptLog } from "@coeval/platform/testing/parties";
import { silentServer } from "@coeval/platform/testing/silent-server";
import { hdfsDrivers } from "./hdfs-drivers.ts";
import { createClock } from "@coeval/platform/clock";
import { createRandom } from "@coeval/platform/random";

const cancel = new AbortController().signal;

test("an endpoint that the agent has no key for is told with every answer, and nothing is connected to", async () => {
  const log = keptLog();
  const ends: (() => void)[] = [];
  const world = { log } as unknown as World;
  const kerberos = { nameNode: "nn/_HOST@EAST.TEST" };
  const endpoint = { name: "east", url: "hdfs://nn:8020", kerberos };
  const { source, target } = hdfsDrivers(world, endpoint, () => undefined, {
    local: NOTHING_LOCAL,
    atEnd: (close) => void ends.push(close),
  });
  const status = await source.probe(cancel);
  assert.deepEqual([status.reachable, status.code], [false, "kerberos-wanted"]);
  assert.match(status.cause ?? "", /this cluster wants Kerberos; give the agent --keytab and --principal/);
  await assert.rejects(source.inspect(["/"], cancel), { code: "kerberos-wanted" });
  const holding = { service: "s", directory: "/holding", run: "r", sets: [], basePoint: null };
  await assert.rejects(target.open(holding, cancel), { code: "kerberos-wanted" });
});

test("connections to the cluster end with the agent: else its process would not", async () => {
  const silent = await silentServer();
  const ends: (() => void)[] = [];
  const world = { log: keptLog(), clock: createClock(), random: createRandom() } as unknown as World;
  const endpoint = { name: "east", url: `hdfs://${silent.address}`, user: "coeval" };
  const host = { local: NOTHING_LOCAL, atEnd: (close: () => void) => void ends.push(close) };
  const { source } = hdfsDrivers(world, endpoint, () => undefined, host);
  const probed = source.probe(cancel);
  const { ended } = await silent.connection();
  for (const close of ends) close();
  await ended;
  assert.equal((await probed).reachable, false, "who waits is told");
  assert.equal(silent.open, 0, "nothing is tried again");
  silent.close();
});
