/** Starts real HDFS clusters on loopback, each with one NameNode or a pair, and DataNodes, in a folder of its own, and
 * hands out what tests, demo and benchmarks need of them. */
import { existsSync } from "node:fs";
import { cp, mkdir, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { type ClusterAddresses, chooseAddresses } from "./addresses.ts";
import { hdfsClassPath, type Progress } from "./class-path.ts";
import { compose, type Parts } from "./compose.ts";
import { writeConf } from "./conf.ts";
import type { Daemon } from "./daemon.ts";
import { formatNameNode } from "./format.ts";
import type { HighAvailability } from "./high-availability.ts";
import { type KerberosRealm, kerberosRealm, startKdc } from "./kerberos.ts";
import { waitListening } from "./listening.ts";
import { type ClusterOptions, checkOptions, KERBEROS_USERS, SUPERUSER_DEFAULT } from "./options.ts";
import { claimFolder } from "./record.ts";
import { nameFolder } from "./site.ts";
import { SERVICE_HOSTS, SERVICES } from "./site-kerberos.ts";

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
  /** The first of `nameNodeDaemons`. */
  readonly nameNode: Daemon;
  readonly nameNodeDaemons: readonly Daemon[];
  readonly journalNodeDaemons: readonly Daemon[];
  readonly dataNodeDaemons: readonly Daemon[];
  /** The key server of a cluster with Kerberos; else null. */
  readonly kdc: Daemon | null;
  /** All of them. */
  readonly daemons: readonly Daemon[];
  /** Of a cluster with Kerberos; else null. */
  readonly kerberos: KerberosRealm | null;
  /** Of a pair of NameNodes; else null. */
  readonly highAvailability: HighAvailability | null;
  /** Waits until the cluster serves, as after a daemon's `start()`; fails when a daemon has ended. Of a pair of
   * NameNodes one may be down; one must be active. */
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

const JOURNAL_TIMEOUT_MS = 30_000;

/** Starts one cluster; resolves when it takes writes. */
export async function startCluster(request: StartRequest): Promise<Cluster> {
  const { name, options = {}, signal, progress = () => {} } = request;
  const startedAt = Date.now();
  checkOptions(name, options);
  const dir = resolve(request.dir);
  const classPath = await hdfsClassPath(progress, signal);
  for (const left of await claimFolder(dir)) progress(`ended ${left}, left by an earlier run`);
  await emptyFolder(dir, request.keepData ?? false);
  const addresses = await chooseAddresses(name, options);
  const kerberos = await realmOf(name, dir, options);
  const conf = await writeConf({ dir, addresses, options, realm: kerberos });
  const parts = { name, dir, options, classPath, addresses, conf, kerberos };
  const cluster = compose(parts);
  try {
    if (kerberos !== null && cluster.kdc !== null) await startKdc(kerberos, cluster.kdc, signal);
    // The DataNodes' JVMs start meanwhile; they ask for their NameNodes until these answer.
    const starts = await Promise.allSettled([
      startNameNodes(cluster, parts, signal),
      ...cluster.dataNodeDaemons.map((dataNode) => dataNode.start()),
    ]);
    const failure = starts.find((start) => start.status === "rejected");
    if (failure !== undefined) throw failure.reason;
    await cluster.ready(signal);
  } catch (error) {
    await cluster.stop();
    throw error;
  }
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
  progress(
    `cluster ${name} is ready after ${seconds} s: hdfs://${addresses.nameservice ?? addresses.nameNodeRpc}`,
  );
  return cluster;
}

/** JournalNodes, the namespace, NameNodes; of a pair, the first one is made active. */
async function startNameNodes(
  cluster: Cluster,
  parts: Parts,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { name, dir, classPath, conf, kerberos } = parts;
  await Promise.all(cluster.journalNodeDaemons.map((journalNode) => journalNode.start()));
  // Formatting writes to the JournalNodes too.
  const failed = async (): Promise<string | null> =>
    cluster.journalNodeDaemons.some((each) => each.process === null) ? "a JournalNode has ended" : null;
  for (const { rpc } of cluster.journalNodes)
    await waitListening(rpc, { timeoutMs: JOURNAL_TIMEOUT_MS, signal, failed });
  const [first = ""] = conf.nameNodes;
  const krb5Conf = kerberos?.krb5Conf ?? null;
  await formatNameNode({ name, dir, conf: first, classPath, user: cluster.superuser, krb5Conf, signal });
  // What `-bootstrapStandby` does, without its JVM: an empty namespace is the same on both.
  const second = nameFolder(dir, 1);
  if (cluster.highAvailability !== null && !existsSync(second))
    await cp(nameFolder(dir, 0), second, { recursive: true });
  await Promise.all(cluster.nameNodeDaemons.map((nameNode) => nameNode.start()));
  const pair = cluster.highAvailability;
  if (pair === null) return;
  const ended = async (): Promise<string | null> =>
    cluster.nameNodeDaemons.some((each) => each.process === null) ? "a NameNode has ended" : null;
  for (const { rpc } of cluster.nameNodes)
    await waitListening(rpc, { timeoutMs: JOURNAL_TIMEOUT_MS, signal, failed: ended });
  await pair.failOver(0);
}

async function realmOf(name: string, dir: string, options: ClusterOptions): Promise<KerberosRealm | null> {
  const { kerberos, superuser = SUPERUSER_DEFAULT } = options;
  if (kerberos === undefined) return null;
  return kerberosRealm({
    realm: kerberos.realm ?? `${name.toUpperCase()}.TEST`,
    dir: join(dir, "kerberos"),
    users: [...new Set([superuser, ...KERBEROS_USERS, ...(kerberos.users ?? [])])],
    services: SERVICES,
    hosts: SERVICE_HOSTS,
  });
}

/** Only ever called on a folder that claimFolder has passed. */
async function emptyFolder(dir: string, keepData: boolean): Promise<void> {
  if (!keepData) await rm(dir, { recursive: true, force: true });
  for (const name of ["logs", "tmp"]) await mkdir(join(dir, name), { recursive: true });
}
