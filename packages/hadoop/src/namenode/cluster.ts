/** What the cluster says of itself by RPC. Source: ClientProtocol, NamenodeProtocol.versionRequest of Hadoop 3.4. */
import { isHdfsError } from "../errors.ts";
import type { HdfsCluster } from "../hdfs/client.ts";
import type { ClusterInfo, DataNodeInfo, ServerDefaults } from "../hdfs/cluster-info.ts";
import type { DatanodeInfoProto } from "../proto/generated/block_pb.ts";
import { DatanodeReportTypeProto as ReportType } from "../proto/generated/cluster_calls_pb.ts";
import type { FsServerDefaultsProto } from "../proto/generated/file_pb.ts";
import { HAServiceStateProto as HaState } from "../proto/generated/ha_pb.ts";
import { NamenodeProtocolService } from "../proto/generated/namenode_pb.ts";
import type { RpcClient } from "../rpc/client.ts";
import { CALLS, type NameNode } from "./name-node.ts";
import type { SafeMode } from "./safe-mode.ts";
import { count, present } from "./values.ts";

/** Who a namespace is, since it was formatted. */
export interface NamespaceIdentity {
  /** `CID-…`. */
  readonly clusterId: string;
  readonly namespaceId: number;
  readonly blockPoolId: string;
  /** E.g. "3.4.2". */
  readonly softwareVersion: string;
}

/** Which DataNodes a report is about. */
export type DataNodeState =
  | "all"
  | "live"
  | "dead"
  | "decommissioning"
  | "enteringMaintenance"
  | "inMaintenance";

/** The cluster's part of the client that RPC alone can answer. */
export interface NativeCluster {
  getClusterInfo(cancel?: AbortSignal, asked?: { readonly dataNodes: boolean }): Promise<ClusterInfo>;
  getServerDefaults(cancel?: AbortSignal): Promise<ServerDefaults>;
  /** Asked of NamenodeProtocol. Where `hadoop.security.authorization` is on, only the NameNode's own principal may:
   * `accessControl` then. */
  getNamespaceIdentity(cancel?: AbortSignal): Promise<NamespaceIdentity>;
  /** Superusers only. */
  getDataNodes(state: DataNodeState, cancel?: AbortSignal): Promise<readonly DataNodeInfo[]>;
}

const REPORTS: Readonly<Record<DataNodeState, ReportType>> = {
  all: ReportType.ALL,
  live: ReportType.LIVE,
  dead: ReportType.DEAD,
  decommissioning: ReportType.DECOMMISSIONING,
  enteringMaintenance: ReportType.ENTERING_MAINTENANCE,
  inMaintenance: ReportType.IN_MAINTENANCE,
};

const HA_STATES: Readonly<Record<HaState, string>> = {
  [HaState.INITIALIZING]: "initializing",
  [HaState.ACTIVE]: "active",
  [HaState.STANDBY]: "standby",
  [HaState.OBSERVER]: "observer",
};

/** Whom else the cluster's part asks. */
export interface ClusterSources {
  /** The same servers on NamenodeProtocol. */
  readonly daemons: RpcClient;
  readonly safeMode: SafeMode;
  /** Asked where RPC refuses to say who the cluster is. */
  readonly web?: Pick<HdfsCluster, "getClusterInfo"> | undefined;
  /** The servers prove themselves and their callers. */
  readonly secured: boolean;
}

/** See {@link NativeCluster}. */
export function createCluster(
  nameNode: NameNode,
  { daemons, safeMode, web, secured }: ClusterSources,
): NativeCluster {
  const haState = createHaState(nameNode);
  const getDataNodes: NativeCluster["getDataNodes"] = (state, cancel) =>
    nameNode.read(
      CALLS.getDatanodeReport,
      "/",
      { type: REPORTS[state] },
      ({ di }) => di.map(toDataNode),
      cancel,
    );

  const getNamespaceIdentity: NativeCluster["getNamespaceIdentity"] = (cancel) =>
    daemons.read(
      NamenodeProtocolService.method.versionRequest,
      {},
      (answer) => {
        const { blockPoolID, softwareVersion, storageInfo } = present(answer.info, "VersionResponse.info");
        const { clusterID, namespceID } = present(storageInfo, "NamespaceInfo.storageInfo");
        return { clusterId: clusterID, namespaceId: namespceID, blockPoolId: blockPoolID, softwareVersion };
      },
      { path: "/", cancel },
    );

  return {
    getNamespaceIdentity,
    getDataNodes,
    getServerDefaults: (cancel) =>
      nameNode.read(CALLS.getServerDefaults, "/", {}, readServerDefaults, cancel),

    async getClusterInfo(cancel, { dataNodes } = { dataNodes: true }) {
      const asked = getNamespaceIdentity(cancel);
      const identity = await unlessRefused(asked);
      if (identity === null && web !== undefined) return web.getClusterInfo(cancel);
      const [capacity, state, safe, liveDataNodes, dead] = await Promise.all([
        nameNode.read(
          CALLS.getFsStats,
          "/",
          {},
          ({ capacity: total, used, remaining }) => ({
            capacityTotalBytes: count(total, "GetFsStatsResponse.capacity"),
            capacityUsedBytes: count(used, "GetFsStatsResponse.used"),
            capacityRemainingBytes: count(remaining, "GetFsStatsResponse.remaining"),
          }),
          cancel,
        ),
        haState(cancel),
        safeMode.isInSafeMode(cancel),
        dataNodes ? unlessRefused(getDataNodes("live", cancel)) : null,
        dataNodes ? unlessRefused(getDataNodes("dead", cancel)) : null,
      ]);
      // Without another source the refusal itself is the answer.
      const { clusterId, blockPoolId, softwareVersion } = identity ?? (await asked);
      return {
        clusterId,
        blockPoolId,
        softwareVersion,
        haState: state,
        safeMode: safe ? "Safe mode is on." : null,
        securityEnabled: secured,
        startedMs: null,
        ...capacity,
        snapshottableDirectories: null,
        liveDataNodes,
        deadDataNodes: dead?.length ?? null,
      };
    },
  };
}

/** Of the NameNode that answers. One that is alone refuses to say, and logs each refusal with its stack: it is asked once. */
function createHaState(nameNode: NameNode): (cancel: AbortSignal | undefined) => Promise<string> {
  let isAlone = false;
  return async (cancel) => {
    if (isAlone) return HA_STATES[HaState.ACTIVE];
    try {
      return await nameNode.read(CALLS.getHAServiceState, "/", {}, ({ state }) => HA_STATES[state], cancel);
    } catch (error) {
      // "HA for namenode is not enabled": it serves.
      if (!isHdfsError(error) || error.javaClass?.endsWith(".ServiceFailedException") !== true) throw error;
      isAlone = true;
      return HA_STATES[HaState.ACTIVE];
    }
  };
}

/** Null where the caller may not be told. */
async function unlessRefused<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (isHdfsError(error, "accessControl")) return null;
    throw error;
  }
}

function readServerDefaults({
  serverDefaults,
}: {
  readonly serverDefaults?: FsServerDefaultsProto | undefined;
}): ServerDefaults {
  const defaults = present(serverDefaults, "GetServerDefaultsResponse.serverDefaults");
  return {
    blockSizeBytes: count(defaults.blockSize, "FsServerDefaults.blockSize"),
    replication: defaults.replication,
    bytesPerChecksum: defaults.bytesPerChecksum,
    encryptDataTransfer: defaults.encryptDataTransfer,
    trashIntervalMinutes: count(defaults.trashInterval, "FsServerDefaults.trashInterval"),
    keyProviderUri: defaults.keyProviderUri === "" ? null : defaults.keyProviderUri,
  };
}

function toDataNode({ id, remaining }: DatanodeInfoProto): DataNodeInfo {
  const { ipAddr, hostName, xferPort, infoPort, infoSecurePort } = present(id, "DatanodeInfo.id");
  return {
    host: hostName,
    http: `${ipAddr}:${infoPort}`,
    https: infoSecurePort === 0 ? null : `${ipAddr}:${infoSecurePort}`,
    transfer: `${ipAddr}:${xferPort}`,
    remainingBytes: count(remaining, "DatanodeInfo.remaining"),
  };
}
