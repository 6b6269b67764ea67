/** The drivers of a cluster, by the scheme of its endpoint. */
import type { ClusterEndpoint } from "@coeval/agent/cluster-access";
import type { ClusterDrivers } from "@coeval/agent/context";
import type { World } from "@coeval/core/ports/world";
import { createHdfsSource } from "@coeval/drivers/hdfs/source";
import { createHdfsTarget } from "@coeval/drivers/hdfs/target";
import { connectHdfs } from "@coeval/drivers/hdfs/webhdfs";
import { nodeHttp } from "@coeval/platform/http";

/** @throws CoevalError `bad-input` for an endpoint that no driver speaks. */
export function hdfsDrivers(world: World, endpoint: ClusterEndpoint): ClusterDrivers {
  const fs = connectHdfs({ clock: world.clock, random: world.random, http: nodeHttp() }, endpoint);
  return { source: createHdfsSource(world, fs), target: createHdfsTarget(world, fs) };
}
