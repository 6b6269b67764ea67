/** The protocols a NameNode speaks, as they name themselves on the wire.
 * Source: HdfsConstants.CLIENT_NAMENODE_PROTOCOL_NAME, NamenodeProtocolPB. */
import type { Protocol } from "../rpc/envelope.ts";

/** For clients. */
export const CLIENT_PROTOCOL: Protocol = {
  name: "org.apache.hadoop.hdfs.protocol.ClientProtocol",
  version: 1,
};

/** For other daemons and tools of the cluster; superusers only. */
export const NAMENODE_PROTOCOL: Protocol = {
  name: "org.apache.hadoop.hdfs.server.protocol.NamenodeProtocol",
  version: 1,
};
