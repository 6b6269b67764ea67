/** The drivers of a cluster, by the scheme of its endpoint. */
import type { ClusterEndpoint } from "@coeval/agent/agent";
import type { ClusterDrivers } from "@coeval/agent/context";
import { CoevalError } from "@coeval/core/errors";
import type { World } from "@coeval/core/ports/world";
import { createHdfsSource } from "@coeval/drivers/hdfs/source";
import { createHdfsTarget } from "@coeval/drivers/hdfs/target";
import { createWebHdfs } from "@coeval/drivers/hdfs/webhdfs";
import { createWebHdfsClient } from "@coeval/hadoop/webhdfs/client";
import { nodeHttp } from "@coeval/platform/http";

const URL_PATTERN = /^(webhdfs|swebhdfs):\/\/(\[[^\]]+\]|[^/:]+):(\d{1,5})\/?$/;

/** @throws CoevalError `bad-input` for an endpoint that no driver speaks. */
export function hdfsDrivers(world: World, endpoint: ClusterEndpoint): ClusterDrivers {
  const [, scheme, host, port] = URL_PATTERN.exec(endpoint.url) ?? [];
  if (!scheme || !host || !port) {
    throw new CoevalError("bad-input", `spec.hdfs.url: '${endpoint.url}' is not webhdfs://HOST:PORT`);
  }
  const client = createWebHdfsClient(
    { clock: world.clock, random: world.random, http: nodeHttp() },
    {
      nameNode: { host, port: Number(port), secure: scheme === "swebhdfs" },
      identity: { kind: "simple", user: endpoint.user },
    },
  );
  const fs = createWebHdfs(client, endpoint.user);
  return { source: createHdfsSource(world, fs), target: createHdfsTarget(world, fs) };
}
