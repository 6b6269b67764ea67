/** The names under which a NameNode tells what it is: `/jmx`, `/conf`, GETSERVERDEFAULTS. Source: NameNodeMXBean,
 * NameNodeStatusMXBean, JMXJsonServlet, ConfServlet; open to everybody unless
 * `hadoop.security.instrumentation.requires.admin` is set. */
import type { ClusterInfo, DataNodeInfo, ServerDefaults } from "../hdfs/cluster-info.ts";
import { Fields, MalformedAnswer, parse } from "./decode.ts";

const BEANS = "Hadoop:service=NameNode,name=";

// Two narrow queries, not one for all beans: others may hold NaN, which JMXJsonServlet writes as such, no JSON.
/** Brings the bean NameNodeInfo. */
export const INFO_TARGET = `/jmx?qry=${encodeURIComponent(`${BEANS}NameNodeInfo`)}`;
/** Brings the bean NameNodeStatus. */
export const STATUS_TARGET = `/jmx?qry=${encodeURIComponent(`${BEANS}NameNodeStatus`)}`;
/** Brings the attribute LiveNodes of the bean NameNodeInfo. */
export const LIVE_NODES_TARGET = `/jmx?get=${encodeURIComponent(`${BEANS}NameNodeInfo::LiveNodes`)}`;

/** Answers to INFO_TARGET and STATUS_TARGET. */
export function decodeClusterInfo(infoJson: unknown, statusJson: unknown): ClusterInfo {
  const info = bean(infoJson, "NameNodeInfo");
  const status = bean(statusJson, "NameNodeStatus");
  return {
    clusterId: info.text("ClusterId"),
    blockPoolId: info.text("BlockPoolId"),
    softwareVersion: info.text("SoftwareVersion"),
    haState: status.text("State"),
    safeMode: info.text("Safemode") || null,
    securityEnabled: status.flag("SecurityEnabled"),
    startedMs: info.count("NNStartedTimeInMillis"),
    capacityTotalBytes: info.count("Total"),
    capacityRemainingBytes: info.count("Free"),
    capacityUsedBytes: info.count("Used"),
    snapshottableDirectories: info.wholeOr("NumberOfSnapshottableDirs", 0),
    liveDataNodes: decodeDataNodes(info.text("LiveNodes")),
    deadDataNodes: membersOf(info.text("DeadNodes"), "DeadNodes").keys.length,
  };
}

/** Answer to LIVE_NODES_TARGET. */
export function decodeLiveDataNodes(json: unknown): readonly DataNodeInfo[] {
  return decodeDataNodes(bean(json, "NameNodeInfo").text("LiveNodes"));
}

/** True when a NameNode answered; Hadoop's other daemons answer the same query with no bean. */
export function isNameNodeJmx(json: unknown): boolean {
  return new Fields(json, "answer").objects("beans").length > 0;
}

function bean(json: unknown, name: string): Fields {
  const found = new Fields(json, "answer")
    .objects("beans")
    .find((each) => each.text("name") === BEANS + name);
  if (found === undefined) throw new MalformedAnswer(`/jmx has no bean ${BEANS}${name}`);
  return found;
}

/** JSON inside the JSON: `{"host:transferPort": {"infoAddr": "ip:port", …}, …}` (FSNamesystem.getLiveNodes). */
function decodeDataNodes(text: string): readonly DataNodeInfo[] {
  const { fields, keys } = membersOf(text, "LiveNodes");
  return keys.map((key) => {
    const node = fields.object(key);
    const https = node.textOrNull("infoSecureAddr");
    return {
      host: key.slice(0, key.lastIndexOf(":")),
      http: node.text("infoAddr"),
      // Port 0 says that it serves none.
      https: https === null || https.endsWith(":0") ? null : https,
      transfer: node.text("xferaddr"),
      remainingBytes: node.count("remaining"),
    };
  });
}

function membersOf(text: string, where: string): { fields: Fields; keys: string[] } {
  const json = parse(text);
  const fields = new Fields(json, where);
  return { fields, keys: Object.keys(json as object) };
}

/** Answer of `/conf?name=KEY` with `Accept: application/json`: `{"property": {"key", "value", …}}`. */
export function decodeConfiguration(json: unknown, key: string): string {
  const property = new Fields(json, "answer").object("property");
  if (property.text("key") !== key)
    throw new MalformedAnswer(`/conf answered ${property.text("key")}, not ${key}`);
  return property.text("value");
}

/** Answer of GETSERVERDEFAULTS. Source: JsonUtil.toJsonMap(FsServerDefaults). */
export function decodeServerDefaults(json: unknown): ServerDefaults {
  const fields = new Fields(json, "answer").object("FsServerDefaults");
  return {
    blockSizeBytes: fields.count("blockSize"),
    replication: fields.count("replication"),
    bytesPerChecksum: fields.count("bytesPerChecksum"),
    encryptDataTransfer: fields.flag("encryptDataTransfer"),
    trashIntervalMinutes: fields.count("trashInterval"),
    keyProviderUri: fields.textOrNull("keyProviderUri") || null,
  };
}
