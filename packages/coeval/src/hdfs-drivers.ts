/** The drivers of a cluster, by the scheme of its endpoint. */
import type { ClusterEndpoint } from "@coeval/agent/cluster-access";
import type { ClusterDrivers } from "@coeval/agent/context";
import type { World } from "@coeval/core/ports/world";
import { gated } from "@coeval/drivers/hdfs/gated";
import { createHdfsSource } from "@coeval/drivers/hdfs/source";
import { createHdfsTarget } from "@coeval/drivers/hdfs/target";
import { connectHdfs } from "@coeval/drivers/hdfs/connect";
import { createCryptography } from "@coeval/platform/cryptography";
import { nodeHttp } from "@coeval/platform/http";
import { createTcp } from "@coeval/platform/tcp";

/**
 * @param gate throws when nothing may be changed any more.
 * @throws CoevalError `bad-input` for an endpoint that no driver speaks.
 */
export function hdfsDrivers(world: World, endpoint: ClusterEndpoint, gate: () => void): ClusterDrivers {
  const { clock, random } = world;
  const transports = { http: nodeHttp(), streams: createTcp(), cryptography: createCryptography() };
  const direct = connectHdfs({ clock, random, ...transports }, endpoint);
  const fs = gated(direct, gate);
  return { source: createHdfsSource(world, fs), target: createHdfsTarget(world, fs) };
}
