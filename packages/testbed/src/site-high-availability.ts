/** The properties of a pair of NameNodes that share their edits through JournalNodes. Source: "HDFS High Availability
 * Using the Quorum Journal Manager". */
import { type ClusterAddresses, nameNodeId } from "./addresses.ts";
import type { Properties } from "./site.ts";

const FAILOVER_PROXY = "org.apache.hadoop.hdfs.server.namenode.ha.ConfiguredFailoverProxyProvider";

/** How clients and daemons find the two. */
export function pairOfNameNodes(nameservice: string, addresses: ClusterAddresses): Properties {
  const ids = addresses.nameNodes.map((_, index) => nameNodeId(index));
  const each = addresses.nameNodes.flatMap(({ rpc, http }, index) => [
    [`dfs.namenode.rpc-address.${nameservice}.${nameNodeId(index)}`, rpc],
    [`dfs.namenode.http-address.${nameservice}.${nameNodeId(index)}`, http],
  ]);
  return {
    "dfs.nameservices": nameservice,
    [`dfs.ha.namenodes.${nameservice}`]: ids.join(","),
    ...Object.fromEntries(each),
    [`dfs.client.failover.proxy.provider.${nameservice}`]: FAILOVER_PROXY,
    // The quorum of JournalNodes lets one NameNode alone write; nothing else needs to be cut off.
    "dfs.ha.fencing.methods": "shell(/bin/true)",
  };
}

/** What NameNode `index` of the pair needs besides. */
export function sharedEdits(nameservice: string, addresses: ClusterAddresses, index: number): Properties {
  const journal = addresses.journalNodes.map(({ rpc }) => rpc).join(";");
  return {
    // Both listen on one address, so neither could tell which it is.
    "dfs.ha.namenode.id": nameNodeId(index),
    "dfs.namenode.shared.edits.dir": `qjournal://${journal}/${nameservice}`,
    // The standby follows within a second instead of a minute.
    "dfs.ha.tail-edits.period": "1s",
    "dfs.ha.log-roll.period": "10s",
  };
}

/** JournalNode `index`. */
export function journalSite(dir: string, addresses: ClusterAddresses, index: number): Properties {
  const own = addresses.journalNodes[index];
  if (own === undefined) throw new Error(`testbed: no addresses for JournalNode ${index}`);
  return {
    "dfs.journalnode.edits.dir": `${dir}/journal-${index}`,
    "dfs.journalnode.rpc-address": own.rpc,
    "dfs.journalnode.http-address": own.http,
  };
}
