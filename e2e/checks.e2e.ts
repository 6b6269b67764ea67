// Checks before anything is done, on a pair of its own: well, frozen, without an agent, without rights, a full secondary,
// one HDFS under two names; and two clusters that are each other's secondary.
import { after, before, describe, test } from "node:test";
import { type Pair, testClusters } from "./harness/clusters.ts";
import { startWorld, type World } from "./harness/world.ts";
import { SHOP_GROUPS } from "./workload/shop.ts";
import * as checks from "./stories/checks.ts";
import { crossed } from "./stories/crossed.ts";
import { registeredTwice } from "./stories/registered-twice.ts";
import { thousand } from "./stories/thousand.ts";
import { toldMoments } from "./stories/told-moments.ts";

const MIB = 1024 * 1024;

describe("before anything is done", () => {
  let pair: Pair;
  let world: World;

  before(async () => {
    const common = { groups: SHOP_GROUPS, dataNodeLocateDelayMs: 1, blockSizeBytes: MIB };
    pair = await testClusters({
      east: common,
      west: { ...common, dataNodeCapacityBytes: checks.WEST_BYTES },
    });
    world = await startWorld({ pair });
  });
  after(async () => {
    await world.stop();
    await pair.close();
  });

  test("a cluster that is well says so, line by line", () => checks.well(world));
  test("a NameNode that hangs is told within seconds", () => checks.frozen(world));
  test("an agent that is away is told, with all that cannot be known without it", () => checks.away(world));
  test("a service is measured: files, bytes, space, and how long the first run takes", () =>
    checks.measured(world));
  test("a secondary without room is refused with the figures", () => checks.full(world));
  test("a tolerance below the clock's error is told by the check and refused at the moment", () =>
    checks.strict(world));
  test("times that the clocks skip or show twice are told before they come", () => toldMoments(world));
  test("of a thousand services one is wrong: none is applied, and its line is named", (t) =>
    thousand(world, (line) => t.diagnostic(line)));
  test("two clusters are each other's secondary, and both services' points hold", () => crossed(world));
  test("one HDFS under two names is refused, and the good one goes on", () => registeredTwice(world));
});
