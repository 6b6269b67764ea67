/** The document of a cluster: how it is reached and what of it services may use. */
import type { Cluster } from "@coeval/core/model/cluster";
import { z } from "zod";
import { API_VERSION, documentOf } from "./envelope.ts";
import { closed, prefixPath } from "./fields.ts";
import { named } from "./registry.ts";

/** Path prefixes that one cluster grants. */
export const CLUSTER_SCOPES_MAX = 100;

const webHdfsUrl = z
  .string()
  .max(300)
  .regex(
    /^webhdfs:\/\/(\[[0-9a-fA-F:]+\]|[A-Za-z0-9_.-]+):([1-9]\d{0,4})\/?$/,
    "must read webhdfs://HOST:PORT, the NameNode's HTTP address",
  );

const hadoopUser = z
  .string()
  .max(200)
  .regex(/^[A-Za-z_][A-Za-z0-9_.@/-]*\$?$/, "is no user name");

/** The part that a person decides. */
export const clusterSpec = named(
  "ClusterSpec",
  closed({
    hdfs: closed({
      url: webHdfsUrl.describe("webhdfs://HOST:PORT, the NameNode's HTTP address"),
      user: hadoopUser.describe("the HDFS user that the agent acts as"),
    }),
    scopes: z
      .array(prefixPath)
      .min(1)
      .max(CLUSTER_SCOPES_MAX)
      .describe("path prefixes that services may lie in"),
  }),
);

/** The whole document. */
export const clusterDocument = named("ClusterDocument", documentOf("Cluster", clusterSpec));
export type ClusterDocument = z.infer<typeof clusterDocument>;

/** The domain's cluster of a document. */
export function clusterOf(document: ClusterDocument): Cluster {
  const { hdfs, scopes } = document.spec;
  return {
    name: document.metadata.name,
    hdfs: { url: hdfs.url.replace(/\/$/, ""), user: hdfs.user },
    scopes: scopes.map((scope) => (scope === "/" ? scope : scope.replace(/\/$/, ""))),
  };
}

/** The document of the domain's cluster, without revision and status. */
export function clusterDocumentOf(cluster: Cluster): ClusterDocument {
  return {
    apiVersion: API_VERSION,
    kind: "Cluster",
    metadata: { name: cluster.name },
    spec: { hdfs: { ...cluster.hdfs }, scopes: [...cluster.scopes] },
  };
}
