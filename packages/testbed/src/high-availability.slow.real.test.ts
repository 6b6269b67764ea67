/** A cluster of two NameNodes, three JournalNodes and three DataNodes, and what it survives. Takes about a minute. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { type Cluster, startCluster } from "./cluster.ts";
import { hdfsCli } from "./hdfs-cli.ts";
import type { HighAvailability } from "./high-availability.ts";
import { isAlive } from "./process-identity.ts";

const JOURNAL_NODES = 3;
const DATA_NODES = 3;

describe("a pair of NameNodes", () => {
  const dir = mkdtempSync(join(tmpdir(), "testbed-pair-"));
  let east: Cluster;
  let pair: HighAvailability;

  before(async () => {
    east = await startCluster({
      name: "east",
      dir,
      options: { dataNodes: DATA_NODES, highAvailability: { journalNodes: JOURNAL_NODES } },
      progress: console.log,
    });
    assert.ok(east.highAvailability);
    pair = east.highAvailability;
  });
  after(async () => {
    const processes = east.daemons.flatMap(({ process }) => (process === null ? [] : [process]));
    await east.stop();
    assert.deepEqual(processes.filter(isAlive), [], "stop() leaves no daemon");
    rmSync(dir, { recursive: true, force: true });
  });

  test("a file is on all three DataNodes, and can be read while two of them are dead", async () => {
    await hdfsCli(east, ["dfs", "-put", "-", "/three"], { input: "thrice" });
    const { stdout } = await hdfsCli(east, ["dfs", "-stat", "%r", "/three"]);
    assert.equal(stdout.trim(), "3");
    const [first, second] = east.dataNodeDaemons;
    await Promise.all([first?.kill(), second?.kill()]);
    assert.equal((await hdfsCli(east, ["dfs", "-cat", "/three"])).stdout, "thrice");
    await Promise.all([first?.start(), second?.start()]);
    await east.ready();
  });

  test("the other NameNode takes over when asked to, and knows what was written", async () => {
    assert.equal(await pair.active(), 0);
    assert.equal(await pair.failOver(), 1);
    assert.equal(await pair.active(), 1);
    assert.equal((await hdfsCli(east, ["dfs", "-cat", "/three"])).stdout, "thrice");
    await hdfsCli(east, ["dfs", "-put", "-", "/second"], { input: "by nn2" });
  });

  test("killed, the active one is replaced with nothing lost, and comes back as standby", async () => {
    assert.equal(await pair.killActive(), 1);
    assert.equal(await pair.active(), null);
    assert.equal(await pair.failOver(), 0);
    assert.equal((await hdfsCli(east, ["dfs", "-cat", "/second"])).stdout, "by nn2");
    await east.ready();
    await east.nameNodeDaemons[1]?.start();
    await east.ready();
    assert.equal(await pair.active(), 0);
  });

  test("one of three JournalNodes may end", async () => {
    await east.journalNodeDaemons[0]?.kill();
    await hdfsCli(east, ["dfs", "-put", "-", "/third"], { input: "two of three" });
    assert.equal((await hdfsCli(east, ["dfs", "-cat", "/third"])).stdout, "two of three");
  });
});
