// The pair of real clusters that a test works on: the one its suite shares (COEVAL_CLUSTERS names its description), or,
// when a file is run by hand, a pair of its own that ends with it.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hdfsClassPath } from "@coeval/testbed/class-path";
import type { Cluster } from "@coeval/testbed/cluster";
import { startClusters, stopClusters } from "@coeval/testbed/clusters";
import type { ClusterOptions } from "@coeval/testbed/options";
import { describe } from "@coeval/testbed/up";
import { delegationToken } from "../independent/delegation-token.ts";
import { type WebHdfs, webHdfs } from "../independent/webhdfs.ts";
import { SHOP_GROUPS } from "../workload/shop.ts";

export interface TestCluster {
  readonly name: string;
  readonly dir: string;
  readonly nameNodeHttp: string;
  readonly nameNodeRpc: string;
  readonly superuser: string;
  readonly clientConf: string;
  readonly classPath: readonly string[];
  /** One, or the pair of a highly available cluster. */
  readonly nameNodes: readonly { readonly rpc: string; readonly http: string }[];
  /** Of a cluster with Kerberos; else null. */
  readonly kerberos: Description["kerberos"];
  /** The cluster itself, where this process started it; else null. */
  readonly own: Cluster | null;
  /** The account the agents act as: a superuser. */
  readonly serviceUser: string;
  /** A WebHDFS client that the cluster sees as this user; closed with the pair. */
  readonly as: (user: string) => WebHdfs;
  /** SIGSTOP and SIGCONT to all daemons: the cluster keeps its connections and answers nothing. */
  freeze(): void;
  thaw(): void;
}

export interface Pair {
  readonly east: TestCluster;
  readonly west: TestCluster;
  /** Closes the clients; ends clusters that are the pair's own. */
  close(): Promise<void>;
}

/** What tests need beside the defaults: users' groups, and DataNodes that do not wait 400 ms after each small file. */
export const CLUSTER_OPTIONS: ClusterOptions = {
  groups: SHOP_GROUPS,
  dataNodeLocateDelayMs: 1,
  // With the default of 5 and so short a first wait, a busy host makes a DataNode give up a file after 63 ms.
  hdfsSite: { "dfs.client.block.write.locateFollowingBlock.retries": "10" },
};

const SERVICE_USER = "coeval";
const GROUPS_KEY = "hadoop.user.group.static.mapping.overrides";

type Description = ReturnType<typeof describe>;

/** The shared pair, or a new one. `own`: a new one in any case, for tests that break it or need other options. */
export async function testClusters(
  own?: Partial<Record<"east" | "west", ClusterOptions>>,
  progress: (line: string) => void = (line) => process.stderr.write(`  ${line}\n`),
): Promise<Pair> {
  const shared = process.env["COEVAL_CLUSTERS"];
  if (own === undefined && shared !== undefined) {
    const { clusters } = JSON.parse(readFileSync(shared, "utf8")) as { clusters: Description[] };
    return pairOf(clusters, async () => {});
  }
  const dir = mkdtempSync(join(tmpdir(), "coeval-e2e-"));
  const started = await startClusters({
    dir,
    clusters: {
      east: { ...CLUSTER_OPTIONS, ...own?.east },
      west: { ...CLUSTER_OPTIONS, ...own?.west },
    },
    progress,
  });
  const end = async (): Promise<void> => {
    await stopClusters(Object.values(started));
    rmSync(dir, { recursive: true, force: true });
  };
  return pairOf(Object.values(started).map(describe), end, Object.values(started));
}

/** One more cluster of a test's own, beside a pair. `close` ends it. */
export async function anotherCluster(
  name: string,
  options: ClusterOptions = {},
): Promise<{ readonly cluster: TestCluster; close(): Promise<void> }> {
  const dir = mkdtempSync(join(tmpdir(), "coeval-e2e-"));
  const started = await startClusters({ dir, clusters: { [name]: { ...CLUSTER_OPTIONS, ...options } } });
  const clients: WebHdfs[] = [];
  const [made] = Object.values(started);
  if (made === undefined) throw new Error(`the cluster "${name}" did not come`);
  return {
    cluster: await testCluster(describe(made), await hdfsClassPath(), clients, made),
    async close() {
      for (const client of clients) client.close();
      await stopClusters(Object.values(started));
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

async function pairOf(
  descriptions: readonly Description[],
  end: () => Promise<void>,
  own: readonly Cluster[] = [],
): Promise<Pair> {
  const classPath = await hdfsClassPath();
  const clients: WebHdfs[] = [];
  const find = async (name: string): Promise<TestCluster> => {
    const found = descriptions.find((each) => each.name === name);
    if (found === undefined) throw new Error(`there is no cluster "${name}"`);
    return testCluster(found, classPath, clients, own.find((each) => each.name === name) ?? null);
  };
  const [east, west] = [await find("east"), await find("west")];
  return {
    east,
    west,
    async close() {
      for (const client of clients) client.close();
      await end();
    },
  };
}

async function testCluster(
  description: Description,
  classPath: readonly string[],
  clients: WebHdfs[],
  own: Cluster | null,
): Promise<TestCluster> {
  const { name, dir, nameNodeHttp, nameNodeRpc, nameNodes, superuser, clientConf, kerberos, pids } =
    description;
  const users = new Map<string, WebHdfs>();
  const as = (user: string): WebHdfs => {
    const known = users.get(user);
    if (known !== undefined) return known;
    const token = kerberos === null ? undefined : () => delegationToken(nameNodeHttp, kerberos, user);
    const made = webHdfs(nameNodeHttp, user, token);
    users.set(user, made);
    clients.push(made);
    return made;
  };
  const groups = await as(superuser).page(`/conf?name=${GROUPS_KEY}`);
  const daemons = [pids.nameNode, ...pids.dataNodes].filter((pid) => pid !== null);
  const signal = (what: NodeJS.Signals): void => {
    for (const pid of daemons) {
      try {
        process.kill(pid, what);
      } catch (error) {
        // It has ended: then there is nothing to freeze or to thaw.
        if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
      }
    }
  };
  return {
    name,
    dir,
    nameNodeHttp,
    nameNodeRpc,
    nameNodes,
    superuser,
    clientConf,
    classPath,
    kerberos,
    own,
    serviceUser: groups.includes(`${SERVICE_USER}=`) ? SERVICE_USER : superuser,
    as,
    freeze: () => signal("SIGSTOP"),
    thaw: () => signal("SIGCONT"),
  };
}
