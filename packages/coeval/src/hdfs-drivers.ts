/** The drivers of a cluster, by the scheme of its endpoint. */
import type { ClusterEndpoint } from "@coeval/agent/cluster-access";
import type { ClusterDrivers } from "@coeval/agent/context";
import type { World } from "@coeval/core/ports/world";
import { gated } from "@coeval/drivers/hdfs/gated";
import { createHdfsSource } from "@coeval/drivers/hdfs/source";
import { createHdfsTarget } from "@coeval/drivers/hdfs/target";
import { connectHdfs } from "@coeval/drivers/hdfs/webhdfs";
import { nodeHttp } from "@coeval/platform/http";

/**
 * @param gate throws when nothing may be changed any more.
 * @throws CoevalError `bad-input` for an endpoint that no driver speaks.
 */
export function hdfsDrivers(world: World, endpoint: ClusterEndpoint, gate: () => void): ClusterDrivers {
  const direct = connectHdfs({ clock: world.clock, random: world.random, http: nodeHttp() }, endpoint);
  const fs = gated(direct, gate);
  return { source: createHdfsSource(world, fs), target: createHdfsTarget(world, fs) };
}
