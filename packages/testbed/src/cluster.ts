/** Starts real HDFS clusters on loopback, each a NameNode and DataNodes in a folder of its own, and hands out what
 * tests, demo and benchmarks need of them. */
import { mkdir, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { hdfsClassPath, type Progress } from "./class-path.ts";
import { type ConfFolders, writeConf } from "./conf.ts";
import { type Daemon, daemon, outputOf } from "./daemon.ts";
import { formatNameNode } from "./format.ts";
import { javaCall } from "./java.ts";
import {
  type ClusterOptions,
  checkOptions,
  DATA_NODE_HEAP_MIB_DEFAULT,
  NAME_NODE_HEAP_MIB_DEFAULT,
  SUPERUSER_DEFAULT,
} from "./options.ts";
import { freePorts } from "./ports.ts";
import { identify } from "./process-identity.ts";
import { waitReady } from "./ready.ts";
import { claimFolder, writeRecord } from "./record.ts";
import type { ClusterAddresses } from "./site.ts";

/** A running cluster. Addresses are `127.0.0.1:port` and stay the same over restarts of its daemons. */
export interface Cluster extends ClusterAddresses {
  readonly name: string;
  /** The cluster's own folder: conf/, name/, data-N/, logs/, tmp/. */
  readonly dir: string;
  /** The HDFS superuser. */
  readonly superuser: string;
  /** Folder with the `core-site.xml` and `hdfs-site.xml` of a client. */
  readonly clientConf: string;
  /** Jars of the daemons and tools. */
  readonly classPath: readonly string[];
  readonly nameNode: Daemon;
  readonly dataNodeDaemons: readonly Daemon[];
  /** Waits until the cluster serves, as after a daemon's `start()`; fails when a daemon has ended. */
  ready(signal?: AbortSignal): Promise<void>;
  /** Ends all daemons. The folder stays, for its logs. Stopping a stopped cluster succeeds. */
  stop(): Promise<void>;
}

export interface StartRequest {
  readonly name: string;
  /** The cluster's own folder: absent, empty, or an earlier cluster's. */
  readonly dir: string;
  readonly options?: ClusterOptions | undefined;
  /** Go on with the data that an earlier cluster left in `dir`; default false: it is deleted. */
  readonly keepData?: boolean | undefined;
  /** Gives up starting, and ends what was started. */
  readonly signal?: AbortSignal | undefined;
  readonly progress?: Progress | undefined;
}

/** Two clusters at once need 5 s on two idle cores; a loaded host gets its time. */
export const READY_TIMEOUT_MS = 90_000;

/** Starts one cluster; resolves when it takes writes. */
export async function startCluster(request: StartRequest): Promise<Cluster> {
  const { name, options = {}, signal, progress = () => {} } = request;
  checkOptions(name, options);
  const dir = resolve(request.dir);
  const classPath = await hdfsClassPath(progress, signal);
  for (const left of await claimFolder(dir)) progress(`ended ${left}, left by an earlier run`);
  await emptyFolder(dir, request.keepData ?? false);
  const addresses = await chooseAddresses(options.dataNodes ?? 1);
  const conf = await writeConf(dir, addresses, options);
  const cluster = compose({ name, dir, options, classPath, addresses, conf });
  try {
    // The DataNode's JVM starts meanwhile; it asks for its NameNode until that answers.
    const starts = await Promise.allSettled([
      formatNameNode({ name, dir, conf: conf.nameNode, classPath, user: cluster.superuser, signal }).then(
        () => cluster.nameNode.start(),
      ),
      ...cluster.dataNodeDaemons.map((dataNode) => dataNode.start()),
    ]);
    const failure = starts.find((start) => start.status === "rejected");
    if (failure !== undefined) throw failure.reason;
    await cluster.ready(signal);
  } catch (error) {
    await cluster.stop();
    throw error;
  }
  progress(`cluster ${name} is ready: hdfs://${addresses.nameNodeRpc}`);
  return cluster;
}

interface Parts {
  readonly name: string;
  readonly dir: string;
  readonly options: ClusterOptions;
  readonly classPath: readonly string[];
  readonly addresses: ClusterAddresses;
  readonly conf: ConfFolders;
}

function compose(parts: Parts): Cluster {
  const { name, dir, options, classPath, addresses, conf } = parts;
  const superuser = options.superuser ?? SUPERUSER_DEFAULT;
  const owner = identify(process.pid);
  if (owner === null) throw new Error("testbed: /proc does not show this process; Linux is needed");
  const record = (): void => {
    const running = all.flatMap(({ role, process: own }) => (own === null ? [] : [{ role, ...own }]));
    writeRecord(dir, { cluster: name, owner, daemons: running });
  };
  const make = (role: string, mainClass: string, confFolder: string, heapMib: number): Daemon =>
    daemon({
      role,
      cwd: dir,
      outputFile: join(dir, "logs", `${role}.out`),
      changed: record,
      call: javaCall({
        mainClass,
        args: [],
        classPath: [confFolder, join(dir, "conf", "web"), ...classPath],
        user: superuser,
        heapMib,
        jvmFlags: options.jvmFlags,
        properties: {
          "testbed.cluster": name,
          "testbed.log": join(dir, "logs", `${role}.log`),
          "testbed.audit": join(dir, "logs", "audit.log"),
        },
      }),
    });
  const nameNode = make(
    "namenode",
    "org.apache.hadoop.hdfs.server.namenode.NameNode",
    conf.nameNode,
    options.nameNodeHeapMib ?? NAME_NODE_HEAP_MIB_DEFAULT,
  );
  const dataNodeDaemons = conf.dataNodes.map((folder, index) =>
    make(
      `datanode-${index}`,
      "org.apache.hadoop.hdfs.server.datanode.DataNode",
      folder,
      options.dataNodeHeapMib ?? DATA_NODE_HEAP_MIB_DEFAULT,
    ),
  );
  const all = [nameNode, ...dataNodeDaemons];
  record();
  return {
    name,
    dir,
    superuser,
    ...addresses,
    clientConf: conf.client,
    classPath,
    nameNode,
    dataNodeDaemons,
    ready: (signal) =>
      waitReady(name, addresses, { timeoutMs: READY_TIMEOUT_MS, signal, failed: () => ended(all) }),
    async stop() {
      await Promise.all(all.map((each) => each.stop()));
    },
  };
}

async function ended(daemons: readonly Daemon[]): Promise<string | null> {
  const gone = daemons.find((each) => each.process === null);
  return gone === undefined ? null : `${gone.role} has ended; its output ends with:\n${await outputOf(gone)}`;
}

async function chooseAddresses(dataNodes: number): Promise<ClusterAddresses> {
  const ports = await freePorts(2 + 3 * dataNodes);
  const next = (): string => `127.0.0.1:${ports.shift()}`;
  return {
    nameNodeRpc: next(),
    nameNodeHttp: next(),
    dataNodes: Array.from({ length: dataNodes }, () => ({ transfer: next(), http: next(), ipc: next() })),
  };
}

/** Only ever called on a folder that claimFolder has passed. */
async function emptyFolder(dir: string, keepData: boolean): Promise<void> {
  if (!keepData) await rm(dir, { recursive: true, force: true });
  for (const name of ["logs", "tmp"]) await mkdir(join(dir, name), { recursive: true });
}
