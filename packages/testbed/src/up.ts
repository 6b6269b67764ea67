/** `testbed up` in the foreground: starts the clusters, prints them, and holds them until it is told to end. */
import { mkdirSync } from "node:fs";
import { resolve } from "node:path";
import type { Progress } from "./class-path.ts";
import type { Cluster } from "./cluster.ts";
import { startClusters, stopClusters } from "./clusters.ts";
import type { Daemon } from "./daemon.ts";
import type { ClusterOptions } from "./options.ts";
import { readOwner, removeOwner, writeOwner } from "./owner.ts";
import { isAlive } from "./process-identity.ts";

export interface UpOptions {
  /** Folder of all clusters; each gets `dir/NAME`. */
  readonly dir: string;
  readonly clusters?: Readonly<Record<string, ClusterOptions>> | undefined;
  readonly keepData?: boolean | undefined;
  readonly output?: "json" | "name" | undefined;
  readonly progress?: Progress | undefined;
  /** What ends it besides SIGINT and SIGTERM. */
  readonly signal?: AbortSignal | undefined;
}

const ENDED_BY_INTERRUPT = 130;
const WATCH_EVERY_MS = 500;

/** Resolves with the exit code once the clusters have ended: 0 after SIGTERM, 130 after Ctrl-C. */
export async function testbedUp(options: UpOptions): Promise<number> {
  const { progress = () => {} } = options;
  const dir = resolve(options.dir);
  const owner = readOwner(dir);
  if (owner !== null && isAlive(owner)) {
    throw new Error(
      `testbed: ${dir} is up already (process ${owner.pid}); end it with \`testbed down --dir ${dir}\``,
    );
  }
  mkdirSync(dir, { recursive: true });
  writeOwner(dir);
  const end = endSignal(options.signal);
  try {
    const clusters = Object.values(
      await startClusters({
        dir,
        clusters: options.clusters ?? { east: {}, west: {} },
        keepData: options.keepData,
        signal: end.signal,
        progress,
      }),
    );
    const described = clusters.map(describe);
    const text =
      options.output === "name"
        ? described.map((each) => each.name).join("\n")
        : JSON.stringify({ clusters: described }, null, 2);
    process.stdout.write(`${text}\n`);
    progress("press Ctrl-C to end the clusters");
    await hold(clusters, end.signal, progress);
    progress("ending the clusters");
    await stopClusters(clusters);
  } catch (error) {
    if (!end.signal.aborted) throw error;
  } finally {
    end.release();
    removeOwner(dir);
  }
  return end.interrupted() ? ENDED_BY_INTERRUPT : 0;
}

/** A cluster as `up` prints it. */
export function describe(cluster: Cluster) {
  return {
    name: cluster.name,
    dir: cluster.dir,
    nameNodeRpc: cluster.nameNodeRpc,
    nameNodeHttp: cluster.nameNodeHttp,
    nameservice: cluster.nameservice,
    nameNodes: cluster.nameNodes,
    journalNodes: cluster.journalNodes,
    dataNodes: cluster.dataNodes,
    superuser: cluster.superuser,
    clientConf: cluster.clientConf,
    kerberos:
      cluster.kerberos === null
        ? null
        : {
            realm: cluster.kerberos.realm,
            krb5Conf: cluster.kerberos.krb5Conf,
            keytabs: cluster.kerberos.keytabs,
          },
    pids: {
      nameNode: pidOf(cluster.nameNode),
      nameNodes: cluster.nameNodeDaemons.map(pidOf),
      journalNodes: cluster.journalNodeDaemons.map(pidOf),
      dataNodes: cluster.dataNodeDaemons.map(pidOf),
      kdc: cluster.kdc === null ? null : pidOf(cluster.kdc),
    },
  };
}

function pidOf(daemon: Daemon): number | null {
  return daemon.process?.pid ?? null;
}

/** Waits for the end, and says when a daemon goes by itself: the other ones stay, for whoever looks into it. */
function hold(clusters: readonly Cluster[], signal: AbortSignal, progress: Progress): Promise<void> {
  const gone = new Set<string>();
  return new Promise((resolvePromise) => {
    const timer = setInterval(() => {
      for (const cluster of clusters) {
        for (const each of cluster.daemons) {
          const name = `${cluster.name}/${each.role}`;
          if (each.process !== null || gone.has(name)) continue;
          gone.add(name);
          progress(`${name} has ended by itself; see ${each.outputFile}`);
        }
      }
    }, WATCH_EVERY_MS);
    const finish = (): void => {
      clearInterval(timer);
      resolvePromise();
    };
    if (signal.aborted) finish();
    else signal.addEventListener("abort", finish, { once: true });
  });
}

/** One signal out of Ctrl-C, SIGTERM, a closed terminal and the caller's. */
function endSignal(outer: AbortSignal | undefined) {
  const controller = new AbortController();
  let interrupted = false;
  const onInterrupt = (): void => {
    interrupted = true;
    controller.abort();
  };
  const onEnd = (): void => controller.abort();
  process.on("SIGINT", onInterrupt);
  process.on("SIGTERM", onEnd);
  process.on("SIGHUP", onEnd);
  outer?.addEventListener("abort", onEnd, { once: true });
  if (outer?.aborted) onEnd();
  return {
    signal: controller.signal,
    interrupted: () => interrupted,
    release() {
      process.off("SIGINT", onInterrupt);
      process.off("SIGTERM", onEnd);
      process.off("SIGHUP", onEnd);
      outer?.removeEventListener("abort", onEnd);
    },
  };
}
