/** The document of a cluster: how it is reached and what of it services may use. */
import {
  type Cluster,
  HDFS_URL_PATTERN,
  PROTECTIONS,
  SERVER_PRINCIPAL_PATTERN,
  WEB_URL_PATTERN,
} from "@coeval/core/model/cluster";
import { z } from "zod";
import { API_VERSION, documentOf } from "./envelope.ts";
import { closed, prefixPath } from "./fields.ts";
import { named } from "./registry.ts";

/** Path prefixes that one cluster grants. */
export const CLUSTER_SCOPES_MAX = 100;

/** One slash at the end does no harm. */
const withSlash = (pattern: RegExp) => new RegExp(pattern.source.replace(/\$(?=\||$)/g, "/?$"));

const hdfsUrl = z
  .string()
  .max(300)
  .regex(
    withSlash(HDFS_URL_PATTERN),
    "must read hdfs://HOST:PORT (the NameNode's RPC address; several with commas), hdfs://NAMESERVICE (of the agent's own configuration) or webhdfs://HOST:PORT (its HTTP address)",
  );

const webHdfsUrl = z
  .string()
  .max(300)
  .regex(
    withSlash(WEB_URL_PATTERN),
    "must read webhdfs://HOST:PORT, the NameNode's HTTP address; several with commas",
  );

const hadoopUser = z
  .string()
  .max(200)
  .regex(/^[A-Za-z_][A-Za-z0-9_.@/-]*\$?$/, "is no user name");

const protection = z.enum(PROTECTIONS);

const hdfsKerberos = closed({
  nameNode: z
    .string()
    .max(300)
    .regex(SERVER_PRINCIPAL_PATTERN, "must read SERVICE/HOST@REALM or SERVICE/_HOST@REALM")
    .describe("the NameNode's principal, as dfs.namenode.kerberos.principal has it: nn/_HOST@REALM"),
  rpcProtection: protection
    .optional()
    .describe("as hadoop.rpc.protection; left out: what the NameNode offers, the strongest first"),
  dataTransferProtection: protection
    .optional()
    .describe("as dfs.data.transfer.protection, where that is set"),
});

/** The part that a person decides. */
export const clusterSpec = named(
  "ClusterSpec",
  closed({
    hdfs: closed({
      url: hdfsUrl.describe(
        "hdfs://HOST:PORT[,HOST:PORT], the RPC addresses of the NameNodes; hdfs://NAMESERVICE of the agent's own configuration; or webhdfs://HOST:PORT, over HTTP",
      ),
      web: webHdfsUrl
        .optional()
        .describe(
          "beside an hdfs:// url: webhdfs://HOST:PORT[,HOST:PORT], the HTTP addresses where the configuration is read",
        ),
      user: hadoopUser
        .optional()
        .describe(
          "the HDFS user that the agent acts as; by Kerberos the principal's short name, or left out",
        ),
      kerberos: hdfsKerberos
        .optional()
        .describe("where callers are known by Kerberos; keys are the agent's own (`coeval agent --keytab`)"),
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
      ...(hdfs.user === undefined ? {} : { user: hdfs.user }),
      ...(hdfs.kerberos === undefined ? {} : { kerberos: hdfs.kerberos }),
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
