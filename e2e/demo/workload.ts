// The demo's living workload: orders and items that refer to them, all kinds of other changes, a file that never closes.
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { World } from "../harness/world.ts";
import { startAppender } from "../workload/appender.ts";
import { startCausalWriter } from "../workload/causal.ts";
import { startMutators } from "../workload/mutators.ts";
import type { Shop } from "../workload/shop.ts";

export interface DemoWorkload {
  /** Changes that the cluster has acknowledged so far. */
  readonly total: number;
  stop(): Promise<void>;
}

const SEED = 20_261_121;
const PAUSE_MS = 60;

export async function startWorkload(
  world: World,
  shop: Shop,
  say: (line: string) => void,
): Promise<DemoWorkload> {
  const { east } = world.pair;
  const [orders, items] = shop.directories;
  if (orders === undefined || items === undefined) throw new Error("the shop has no orders or items");
  const writer = await startCausalWriter({
    orders: { path: orders.path, hdfs: east.as(orders.owner) },
    items: { path: items.path, hdfs: east.as(items.owner) },
    lanes: 2,
    pauseMs: PAUSE_MS,
  });
  const mutators = await startMutators({ shop, as: east.as, seed: SEED, pauseMs: PAUSE_MS });
  const appender = hasJshell()
    ? await startAppender({
        path: `${items.path}/stream.log`,
        user: items.owner,
        clientConf: east.clientConf,
        classPath: east.classPath,
        dir: world.dir,
      })
    : null;
  if (appender === null) say("  (no jshell on this machine: the file that never closes is left out)");
  return {
    get total() {
      return writer.orders.size + writer.items.size + mutators.done + (appender?.serial ?? 0);
    },
    async stop() {
      await appender?.kill();
      await Promise.all([writer.stop(), mutators.stop()]);
    },
  };
}

/** It comes with a JDK; the clusters themselves need a JRE only. */
function hasJshell(): boolean {
  const home = process.env["JAVA_HOME"];
  const folders = home ? [join(home, "bin")] : (process.env["PATH"] ?? "").split(":");
  return folders.some((folder) => existsSync(join(folder, "jshell")));
}
