/** The pair of NameNodes of a highly available cluster: which one is active, and how that changes. There is no
 * ZooKeeper: whoever tests decides, by `haadmin -failover`, which costs a JVM's start (about 2 s). */
import { type ClusterAddresses, nameNodeId } from "./addresses.ts";
import type { Daemon } from "./daemon.ts";
import { type CliTarget, hdfsCli } from "./hdfs-cli.ts";
import { nameNodeState } from "./ready.ts";

export interface HighAvailability {
  readonly nameservice: string;
  /** Index of the NameNode that says it is active; null when none does. */
  active(): Promise<number | null>;
  /** Makes NameNode `to` active (default: the one that is not) and the other standby; one that does not answer is
   * passed over. Returns the index of the active one. */
  failOver(to?: number): Promise<number>;
  /** SIGKILL to the active NameNode; nobody is active then. Returns its index. */
  killActive(): Promise<number>;
}

/** Of a cluster whose daemons run. */
export function createHighAvailability(
  nameservice: string,
  cluster: CliTarget & ClusterAddresses,
  daemons: readonly Daemon[],
): HighAvailability {
  const active = async (): Promise<number | null> => {
    const states = await Promise.all(cluster.nameNodes.map(({ http }) => nameNodeState(http)));
    const index = states.indexOf("active");
    return index < 0 ? null : index;
  };
  const indexAfter = async (): Promise<number> => {
    const now = await active();
    if (now !== null) return now === 0 ? 1 : 0;
    // Nobody is active: the first that runs.
    return Math.max(
      0,
      daemons.findIndex((each) => each.process !== null),
    );
  };
  return {
    nameservice,
    active,
    async failOver(to) {
      const target = to ?? (await indexAfter());
      const other = target === 0 ? 1 : 0;
      const words = ["-ns", nameservice, "-failover", nameNodeId(other), nameNodeId(target)];
      await hdfsCli(cluster, ["haadmin", ...words]);
      return target;
    },
    async killActive() {
      const index = await active();
      const daemon = index === null ? undefined : daemons[index];
      if (index === null || daemon === undefined) throw new Error("testbed: no NameNode is active");
      await daemon.kill();
      return index;
    },
  };
}
