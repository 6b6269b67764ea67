/** The configuration of one cluster as properties: what Hadoop's defaults become on one host, on loopback, within
 * seconds. Pure; conf.ts writes it to files. Names and meanings: core-default.xml, hdfs-default.xml of 3.4.2. */
import type { ClusterAddresses } from "./addresses.ts";
import {
  BLOCK_SIZE_BYTES_DEFAULT,
  BLOCK_SIZE_BYTES_MIN,
  type ClusterOptions,
  replicationOf,
  SUPERGROUP_DEFAULT,
  SUPERUSER_DEFAULT,
} from "./options.ts";
import {
  kerberosCommon,
  kerberosCore,
  kerberosDaemon,
  kerberosWeb,
  type RealmFiles,
} from "./site-kerberos.ts";
import { journalSite, pairOfNameNodes, sharedEdits } from "./site-high-availability.ts";

export type Properties = Record<string, string>;

/** What the configuration of a cluster follows from. */
export interface Plan {
  /** The cluster's own folder. */
  readonly dir: string;
  readonly addresses: ClusterAddresses;
  readonly options: ClusterOptions;
  /** Of a cluster that knows its callers by Kerberos; else null. */
  readonly realm: RealmFiles | null;
}

/** `core-site.xml`, the same for daemons and clients. */
export function coreSite({ dir, addresses, options, realm }: Plan): Properties {
  const superuser = options.superuser ?? SUPERUSER_DEFAULT;
  const groups = Object.entries({
    [superuser]: [options.supergroup ?? SUPERGROUP_DEFAULT],
    ...options.groups,
  });
  return {
    "fs.defaultFS": `hdfs://${addresses.nameservice ?? addresses.nameNodeRpc}`,
    "hadoop.tmp.dir": `${dir}/tmp`,
    // The host's accounts mean nothing here: groups are only what the options say, and no `id` is forked.
    "hadoop.security.group.mapping": "org.apache.hadoop.security.NullGroupsMapping",
    "hadoop.user.group.static.mapping.overrides": groups
      .map(([user, of]) => `${user}=${of.join(",")}`)
      .join(";"),
    ...(realm === null ? {} : kerberosCore(realm, options.kerberos ?? {}, superuser)),
    ...options.coreSite,
  };
}

/** `hdfs-site.xml` of clients, and the common part of the daemons'. */
export function clientSite({ addresses, options, realm }: Plan): Properties {
  return {
    ...(addresses.nameservice === null
      ? {
          "dfs.namenode.rpc-address": addresses.nameNodeRpc,
          "dfs.namenode.http-address": addresses.nameNodeHttp,
        }
      : pairOfNameNodes(addresses.nameservice, addresses)),
    "dfs.replication": String(replicationOf(options)),
    "dfs.blocksize": String(options.blockSizeBytes ?? BLOCK_SIZE_BYTES_DEFAULT),
    "dfs.permissions.enabled": String(options.permissions ?? true),
    ...(realm === null ? {} : kerberosCommon(realm, options.kerberos ?? {})),
    ...options.hdfsSite,
  };
}

function daemonSite(plan: Plan): Properties {
  return { ...clientSite(plan), ...(plan.realm === null ? {} : kerberosDaemon(plan.realm)) };
}

/** `hdfs-site.xml` of NameNode `index`. */
export function nameNodeSite(plan: Plan, index = 0): Properties {
  const { dir, addresses, options } = plan;
  return {
    ...daemonSite(plan),
    ...(addresses.nameservice === null ? {} : sharedEdits(addresses.nameservice, addresses, index)),
    ...(plan.realm === null ? {} : kerberosWeb(plan.realm)),
    "dfs.namenode.name.dir": `file://${nameFolder(dir, index)}`,
    "dfs.permissions.superusergroup": options.supergroup ?? SUPERGROUP_DEFAULT,
    "dfs.namenode.acls.enabled": "true",
    "dfs.namenode.xattrs.enabled": "true",
    "dfs.webhdfs.enabled": "true",
    "dfs.namenode.snapshot.capture.openfiles": String(options.captureOpenFiles ?? false),
    "dfs.namenode.fs-limits.min-block-size": String(BLOCK_SIZE_BYTES_MIN),
    "dfs.namenode.datanode.registration.ip-hostname-check": "false",
    // Ready at the first block report, and a DataNode that was killed counts as dead after 20 s instead of 10.5 min
    // (twice the recheck interval plus ten heartbeats).
    "dfs.namenode.safemode.extension": "0",
    "dfs.namenode.heartbeat.recheck-interval": "5000",
    "dfs.heartbeat.interval": "1",
    // No checkpoints by a secondary NameNode: there is none.
    "dfs.namenode.checkpoint.period": "86400s",
    ...options.hdfsSite,
  };
}

/** `hdfs-site.xml` of JournalNode `index`. */
export function journalNodeSite(plan: Plan, index: number): Properties {
  const { dir, addresses, options } = plan;
  return { ...daemonSite(plan), ...journalSite(dir, addresses, index), ...options.hdfsSite };
}

/** Where NameNode `index` keeps its namespace. */
export function nameFolder(dir: string, index: number): string {
  return `${dir}/name${index === 0 ? "" : `-${index}`}`;
}

/** `hdfs-site.xml` of DataNode `index`; `reservedBytes` is `dfs.datanode.du.reserved`. */
export function dataNodeSite(plan: Plan, index: number, reservedBytes: number): Properties {
  const { dir, addresses, options } = plan;
  const own = addresses.dataNodes[index];
  if (own === undefined) throw new Error(`testbed: no addresses for DataNode ${index}`);
  const delayMs = options.dataNodeLocateDelayMs;
  return {
    ...daemonSite(plan),
    "dfs.datanode.data.dir": `file://${dir}/data-${index}`,
    "dfs.datanode.address": own.transfer,
    "dfs.datanode.http.address": own.http,
    "dfs.datanode.ipc.address": own.ipc,
    // WebHDFS redirects to this name; the host's own may not resolve.
    "dfs.datanode.hostname": "127.0.0.1",
    "dfs.datanode.du.reserved": String(reservedBytes),
    // By default a volume takes no block when less than 1 GiB would be left beside it: too coarse for a small one.
    ...(options.dataNodeCapacityBytes === undefined
      ? {}
      : { "dfs.datanode.round-robin-volume-choosing-policy.additional-available-space": "0" }),
    "dfs.heartbeat.interval": "1",
    "dfs.blockreport.initialDelay": "0s",
    // No background scans: they would disturb benchmarks and find nothing in clusters that live for minutes.
    "dfs.datanode.scan.period.hours": "-1",
    "dfs.datanode.directoryscan.interval": "-1",
    ...(delayMs === undefined
      ? {}
      : { "dfs.client.block.write.locateFollowingBlock.initial.delay.ms": String(delayMs) }),
    ...options.hdfsSite,
  };
}

/** The XML form that Hadoop reads. */
export function siteXml(properties: Properties): string {
  const lines = Object.entries(properties).map(
    ([name, value]) =>
      `  <property><name>${escapeXml(name)}</name><value>${escapeXml(value)}</value></property>`,
  );
  return `<?xml version="1.0"?>\n<configuration>\n${lines.join("\n")}\n</configuration>\n`;
}

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
