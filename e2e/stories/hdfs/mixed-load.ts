// The bare HDFS client under mixed load while DataNodes are killed at random: every read is compared with what was written,
// and at the end every file, by this client and, for a sample, by Hadoop's own; memory and sockets stay flat.
import { readFile, rm } from "node:fs/promises";
import { createClientWorld } from "../../../packages/platform/src/client-world.ts";
import { join } from "node:path";
import { createNativeHdfsClient, type NativeHdfsClient } from "../../../packages/hadoop/src/native/client.ts";
import { parseServer } from "../../../packages/hadoop/src/native/endpoint.ts";
import { type Cluster, startCluster } from "../../../packages/testbed/src/cluster.ts";
import { hdfsCli } from "../../../packages/testbed/src/hdfs-cli.ts";
import { type Chance, chance as chanceOf } from "../../workload/random.ts";
import { type Piece, wholeOf } from "./contents.ts";
import { killDataNodes } from "./data-node-kills.ts";
import { check, createLoad, type Load } from "./load.ts";
import { watchUsage } from "./usage-over-time.ts";

export interface MixedLoad {
  readonly minutes: number;
  readonly seed: number;
  readonly say: (line: string) => void;
}

const BLOCK_BYTES = 1024 * 1024;
const WORKERS = 8;
const SAMPLE_FILES = 40;
const TOLD_MS = 60_000;

export async function mixedLoad({ minutes, seed, say }: MixedLoad): Promise<void> {
  say(`seed ${seed}`);
  const dir = new URL("../../../.testbed/mixed-load", import.meta.url).pathname;
  const options = {
    dataNodes: 3,
    replication: 3,
    blockSizeBytes: BLOCK_BYTES,
    // A replica that was on its way to a DataNode when that died is asked for again after 10 s, not after five minutes.
    hdfsSite: {
      "dfs.namenode.reconstruction.pending.timeout-sec": "10",
      // Replicas are made again as fast as the host can, so that the next DataNode may die the sooner.
      "dfs.namenode.redundancy.interval.seconds": "1s",
      "dfs.namenode.replication.work.multiplier.per.iteration": "50",
      "dfs.namenode.replication.max-streams": "20",
      "dfs.namenode.replication.max-streams-hard-limit": "40",
    },
  };
  const cluster = await startCluster({ name: "mixed-load", dir, options });
  const world = createClientWorld();
  const hdfs = createNativeHdfsClient(world, {
    nameNodes: [parseServer(cluster.nameNodeRpc)],
    identity: { kind: "simple", user: "hdfs" },
  });
  try {
    await run(cluster, hdfs, minutes, chanceOf(seed), say);
  } finally {
    hdfs.close();
    world.close();
    await cluster.stop();
  }
}

async function run(
  cluster: Cluster,
  hdfs: NativeHdfsClient,
  minutes: number,
  chance: Chance,
  say: (line: string) => void,
): Promise<void> {
  const loads = Array.from({ length: WORKERS }, (_, index) =>
    createLoad(hdfs, `/load/${index}`, chance.fork()),
  );
  const endMs = performance.now() + minutes * 60_000;
  let wrong: Error | null = null;
  const stopped = (): boolean => wrong !== null || performance.now() >= endMs;
  const blame = (error: unknown): void => {
    wrong ??= error instanceof Error ? error : new Error(String(error));
  };
  const usage = watchUsage();
  const telling = setInterval(() => say(told(loads)), TOLD_MS);
  const killing = killDataNodes(cluster, chance.fork(), stopped, say);
  killing.catch(blame);
  await Promise.all(loads.map((load) => load.work(stopped).catch(blame)));
  clearInterval(telling);
  const kills = await killing.catch(() => 0);
  if (wrong !== null) throw wrong as Error;
  say(`${told(loads)}; ${kills} kills`);
  say(usage.end());
  const files = loads.flatMap((load) => [...load.files]);
  for (const [path, pieces] of files) await check(hdfs, path, pieces);
  say(`all ${files.length} files read back as they were written`);
  await checkWithHadoop(cluster, hdfs, files, chance);
  say(`${Math.min(SAMPLE_FILES, files.length)} of them by Hadoop's own client too, with the same checksums`);
}

/** A sample, copied by `hdfs dfs -get` and summed by `hdfs dfs -checksum`. */
async function checkWithHadoop(
  cluster: Cluster,
  hdfs: NativeHdfsClient,
  files: readonly (readonly [string, readonly Piece[]])[],
  chance: Chance,
): Promise<void> {
  const left = [...files];
  const sample = Array.from({ length: Math.min(SAMPLE_FILES, files.length) }, () =>
    left.splice(chance.below(left.length), 1),
  ).flat();
  const paths = sample.map(([path]) => path);
  const { stdout } = await hdfsCli(cluster, ["dfs", "-checksum", ...paths]);
  for (const line of stdout.trim().split("\n")) {
    const [path = "", algorithm, hex] = line.split("\t");
    const ours = await hdfs.getFileChecksum(path);
    if (ours.algorithm !== algorithm || !`${hex}`.endsWith(ours.bytes.slice(-32)))
      throw new Error(`${path}: ${algorithm} ${hex} by Hadoop, ${ours.algorithm} ${ours.bytes} by ours`);
  }
  const copies = join(cluster.dir, "tmp", "copies");
  await rm(copies, { recursive: true, force: true });
  await hdfsCli(cluster, ["dfs", "-get", "/load", copies]);
  for (const [path, pieces] of sample) {
    const copy = await readFile(join(copies, path.slice("/load/".length)));
    if (Buffer.compare(copy, wholeOf(pieces)) !== 0)
      throw new Error(`${path}: Hadoop's client reads other bytes`);
  }
}

function told(loads: readonly Load[]): string {
  const counts: Record<string, number> = {};
  for (const load of loads)
    for (const [act, count] of Object.entries(load.counts)) counts[act] = (counts[act] ?? 0) + count;
  const mib = (which: "written" | "read"): string =>
    (loads.reduce((sum, { bytes }) => sum + bytes[which], 0) / 2 ** 20).toFixed(0);
  const acts = Object.entries(counts).map(([act, count]) => `${count} ${act}`);
  return `${acts.join(", ")}; ${mib("written")} MiB written, ${mib("read")} MiB read`;
}
