/** The document of a cluster: how it is reached and what of it services may use. */
import { type Cluster, HDFS_URL_PATTERN, WEBHDFS_URL_PATTERN } from "@coeval/core/model/cluster";
import { z } from "zod";
import { API_VERSION, documentOf } from "./envelope.ts";
import { closed, prefixPath } from "./fields.ts";
import { named } from "./registry.ts";

/** Path prefixes that one cluster grants. */
export const CLUSTER_SCOPES_MAX = 100;

/** One slash at the end does no harm. */
const withSlash = (pattern: RegExp) => new RegExp(pattern.source.replace(/\$$/, "/?$"));

const hdfsUrl = z
  .string()
  .max(300)
  .regex(
    withSlash(HDFS_URL_PATTERN),
    "must read hdfs://HOST:PORT (the NameNode's RPC address; several with commas) or webhdfs://HOST:PORT (its HTTP address)",
  );

const webHdfsUrl = z
  .string()
  .max(300)
  .regex(withSlash(WEBHDFS_URL_PATTERN), "must read webhdfs://HOST:PORT, the NameNode's HTTP address");

const hadoopUser = z
  .string()
  .max(200)
  .regex(/^[A-Za-z_][A-Za-z0-9_.@/-]*\$?$/, "is no user name");

/** The part that a person decides. */
export const clusterSpec = named(
  "ClusterSpec",
  closed({
    hdfs: closed({
      url: hdfsUrl.describe(
        "hdfs://HOST:PORT[,HOST:PORT], the RPC addresses of the NameNodes; or webhdfs://HOST:PORT, over HTTP",
      ),
      web: webHdfsUrl
        .optional()
        .describe("beside an hdfs:// url: the NameNode's HTTP address, where its configuration is read"),
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
    hdfs: {
      url: hdfs.url.replace(/\/$/, ""),
      ...(hdfs.web === undefined ? {} : { web: hdfs.web.replace(/\/$/, "") }),
      user: hdfs.user,
    },
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
