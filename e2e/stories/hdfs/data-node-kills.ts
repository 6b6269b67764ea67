// DataNodes killed at random and started again, one at a time, and the next one only when every block has all its replicas
// again: never more than replication allows.
import type { Cluster } from "../../../packages/testbed/src/cluster.ts";
import { pause, until } from "../../harness/wait.ts";
import type { Chance } from "../../workload/random.ts";

const UP_MS_MIN = 4_000;
const UP_MS_SPAN = 8_000;
const DOWN_MS_MIN = 2_000;
/** Past the 20 s after which the NameNode counts a DataNode as dead, now and then. */
const DOWN_MS_SPAN = 24_000;
const WHOLE_MS_MAX = 300_000;

/** Resolves with the number of kills once `stopped` says so; all DataNodes live then, and every block is whole. */
export async function killDataNodes(
  cluster: Cluster,
  chance: Chance,
  stopped: () => boolean,
  say: (line: string) => void,
): Promise<number> {
  let kills = 0;
  while (!stopped()) {
    await pause(UP_MS_MIN + chance.below(UP_MS_SPAN));
    if (stopped()) break;
    const daemon = chance.pick(cluster.dataNodeDaemons);
    const downMs = DOWN_MS_MIN + chance.below(DOWN_MS_SPAN);
    await daemon.kill();
    kills++;
    await pause(downMs);
    await daemon.start();
    await cluster.ready();
    const startMs = performance.now();
    await untilWhole(cluster);
    const wholeMs = performance.now() - startMs;
    say(
      `kill ${kills}: ${daemon.role} for ${seconds(downMs)} s, all replicas there again after ${seconds(wholeMs)} s`,
    );
  }
  await untilWhole(cluster);
  return kills;
}

/** No block of a closed file lacks a replica, seen twice: files that were open at the first look are closed by then. */
async function untilWhole(cluster: Cluster): Promise<void> {
  let seen = 0;
  let last: readonly number[] = [];
  await until(
    "all replicas",
    WHOLE_MS_MAX,
    async () => {
      last = await lacking(cluster);
      seen = last.every((blocks) => blocks === 0) ? seen + 1 : 0;
      return seen >= 2 ? true : null;
    },
    () => `blocks with too few replicas, being replicated, missing: ${last.join(", ")}`,
  ).catch(async (error: Error) => {
    throw new Error(`${error.message}\n${await lackingBlocks(cluster)}`);
  });
}

/** What fsck says of files that lack replicas. */
async function lackingBlocks({ nameNodeHttp, superuser }: Cluster): Promise<string> {
  const query = new URLSearchParams({ ugi: superuser, path: "/", files: "1", blocks: "1", locations: "1" });
  const text = await (await fetch(`http://${nameNodeHttp}/fsck?${query.toString()}`)).text();
  const told = text
    .split("\n")
    .filter((line) => /under replicated|missing|corrupt|mis-?replicated/i.test(line));
  return told.slice(0, TOLD_LINES_MAX).join("\n");
}

const TOLD_LINES_MAX = 40;

async function lacking({ nameNodeHttp }: Cluster): Promise<readonly number[]> {
  const query = "Hadoop:service=NameNode,name=FSNamesystem";
  const response = await fetch(`http://${nameNodeHttp}/jmx?qry=${query}`);
  const { beans } = (await response.json()) as { beans: Record<string, number>[] };
  const { UnderReplicatedBlocks = 1, PendingReplicationBlocks = 1, MissingBlocks = 1 } = beans[0] ?? {};
  return [UnderReplicatedBlocks, PendingReplicationBlocks, MissingBlocks];
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(1);
}
