// The contestants: each makes one full copy and says how long it took.
import type { Pair } from "../e2e/harness/clusters.ts";
import { protect } from "../e2e/harness/protect.ts";
import type { World } from "../e2e/harness/world.ts";
import { hdfs } from "./hdfs.ts";
import { usageOf } from "./usage.ts";

export interface Measured {
  /** Of the whole copy. */
  readonly seconds: number;
  /** Without the start of a JVM, where there is one. */
  readonly secondsWithoutStart: number | null;
  readonly cpuSeconds: number | null;
  readonly peakRssMib: number | null;
}

export interface Contestant {
  readonly name: string;
  /** Runs on a part of the load, since it may take hours otherwise. */
  readonly perhapsSlow: boolean;
  copy(source: string, repeat: number): Promise<Measured>;
}

/** From the moment to the sealed point: snapshot, listing, transfer, everything read back and hashed, switch, certificate. */
export function coevalContestant(world: World): Contestant {
  return {
    name: "coeval, verified",
    perhapsSlow: false,
    async copy(source, repeat) {
      const service = `bench-${repeat}`;
      await world.applyService({ name: service, dataSets: [source], target: `/backups/${service}` });
      const processes = [world.control, world.east.process, world.west.process];
      const before = usageOf(processes);
      const run = await protect(world, service, "+4s");
      if (run.phase !== "done") throw new Error(`${run.cause?.code}: ${run.cause?.message}`);
      const after = usageOf(processes);
      const seconds = (Date.parse(run.endedAt ?? "") - Date.parse(run.moment)) / 1000;
      await world.cli(["service", "delete", service, "--points", "keep", "--yes"]);
      const cpuSeconds = after.cpuSeconds - before.cpuSeconds;
      return { seconds, secondsWithoutStart: null, cpuSeconds, peakRssMib: after.peakRssMib };
    },
  };
}

const TUNED = [
  "-Dmapreduce.local.map.tasks.maximum=8",
  "-Ddfs.client.block.write.locateFollowingBlock.initial.delay.ms=1",
  "-m",
  "8",
  "-numListstatusThreads",
  "8",
  "-copybuffersize",
  "65536",
];

/** DistCp as its users run it, and tuned. It compares block checksums; nothing is read back. */
export function distcpContestants({ east, west }: Pair): Contestant[] {
  const contestant = (name: string, options: readonly string[], perhapsSlow: boolean): Contestant => ({
    name,
    perhapsSlow,
    async copy(source, repeat) {
      const from = `hdfs://${east.nameNodeRpc}`;
      const to = `hdfs://${west.nameNodeRpc}`;
      const target = `${to}/distcp/${options.length}-${repeat}`;
      await hdfs(west, ["dfs", "-mkdir", "-p", target]);
      await hdfs(east, ["dfs", "-mkdir", "-p", "/bench/empty"]);
      const start = await timed(() =>
        hdfs(east, ["distcp", ...options, "-pugpt", `${from}/bench/empty`, target]),
      );
      const seconds = await timed(() =>
        hdfs(east, ["distcp", ...options, "-pugpt", `${from}${source}`, target]),
      );
      return {
        seconds,
        secondsWithoutStart: Math.max(0, seconds - start),
        cpuSeconds: null,
        peakRssMib: null,
      };
    },
  });
  return [contestant("distcp tuned", TUNED, false), contestant("distcp default", [], true)];
}

/** Hadoop's own shell, one file after the other. It verifies what it reads by checksums and compares nothing. */
export function shellContestant({ east, west }: Pair): Contestant {
  return {
    name: "hdfs dfs -cp",
    perhapsSlow: true,
    async copy(source, repeat) {
      const target = `hdfs://${west.nameNodeRpc}/cp/${repeat}`;
      await hdfs(west, ["dfs", "-mkdir", "-p", target]);
      const start = await timed(() => hdfs(east, ["dfs", "-test", "-d", source]));
      const from = `hdfs://${east.nameNodeRpc}${source}`;
      const seconds = await timed(() => hdfs(east, ["dfs", "-cp", "-p", from, target]));
      const secondsWithoutStart = Math.max(0, seconds - start);
      return { seconds, secondsWithoutStart, cpuSeconds: null, peakRssMib: null };
    },
  };
}

async function timed(work: () => Promise<void>): Promise<number> {
  const begun = performance.now();
  await work();
  return (performance.now() - begun) / 1000;
}
