/** The drivers of a cluster, by the scheme of its endpoint. */
import type { ClusterEndpoint } from "@coeval/agent/cluster-access";
import type { ClusterDrivers } from "@coeval/agent/context";
import { CoevalError } from "@coeval/core/errors";
import type { World } from "@coeval/core/ports/world";
import { connectHdfs } from "@coeval/drivers/hdfs/connect";
import type { FileSystem } from "@coeval/drivers/hdfs/file-system";
import { gated } from "@coeval/drivers/hdfs/gated";
import type { LocalAccess } from "@coeval/drivers/hdfs/local-access";
import { refusing } from "@coeval/drivers/hdfs/refusing";
import { createHdfsSource } from "@coeval/drivers/hdfs/source";
import { createHdfsTarget } from "@coeval/drivers/hdfs/target";
import { createClientWorld } from "@coeval/platform/client-world";

/** What drivers share with their process. */
export interface DriverHost {
  readonly local: LocalAccess;
  /** Takes what must be called at the end: connections to daemons live on by themselves, and the process with them. */
  readonly atEnd: (close: () => void) => void;
}

/**
 * An endpoint that does not fit what the agent has is told with every answer, as a cluster that is down is: the agent stays, for
 * the control device is where it is shown.
 * @param gate throws when nothing may be changed any more.
 */
export function hdfsDrivers(
  world: World,
  endpoint: ClusterEndpoint,
  gate: () => void,
  host: DriverHost,
): ClusterDrivers {
  const fs = gated(connected(world, endpoint, host), gate);
  host.atEnd(() => fs.close?.());
  return { source: createHdfsSource(world, fs), target: createHdfsTarget(world, fs) };
}

function connected(world: World, endpoint: ClusterEndpoint, { local, atEnd }: DriverHost): FileSystem {
  const { clock, random, log } = world;
  const transports = createClientWorld();
  atEnd(transports.close);
  try {
    return connectHdfs({ ...transports, clock, random, log }, endpoint, local);
  } catch (thrown) {
    if (!(thrown instanceof CoevalError)) throw thrown;
    log.error("cluster", { name: endpoint.name, code: thrown.code, why: thrown.message });
    return refusing(endpoint.user ?? "nobody", thrown);
  }
}
