/** Where the daemons of a cluster listen: free ports on loopback, chosen once and kept over restarts. */
import type { ClusterOptions } from "./options.ts";
import { freePorts } from "./ports.ts";

/** Addresses are `host:port`. */
export interface ClusterAddresses {
  /** The first NameNode's. */
  readonly nameNodeRpc: string;
  readonly nameNodeHttp: string;
  /** The name under which clients know a pair of NameNodes (`dfs.nameservices`); null of a single one. */
  readonly nameservice: string | null;
  /** One, or the two of a highly available cluster; their ids are `nn1`, `nn2`. */
  readonly nameNodes: readonly ServerAddresses[];
  /** Of a highly available cluster; else none. */
  readonly journalNodes: readonly ServerAddresses[];
  readonly dataNodes: readonly DataNodeAddresses[];
}

/** A NameNode's or a JournalNode's. */
export interface ServerAddresses {
  readonly rpc: string;
  readonly http: string;
}

export interface DataNodeAddresses {
  readonly transfer: string;
  readonly http: string;
  readonly ipc: string;
}

const NAME_NODES_OF_A_PAIR = 2;
const JOURNAL_NODES_DEFAULT = 1;

/** `cluster` is the cluster's name, which its nameservice bears unless the options say otherwise. */
export async function chooseAddresses(cluster: string, options: ClusterOptions): Promise<ClusterAddresses> {
  const pair = options.highAvailability;
  const dataNodes = options.dataNodes ?? 1;
  const nameNodes = pair === undefined ? 1 : NAME_NODES_OF_A_PAIR;
  const journalNodes = pair === undefined ? 0 : (pair.journalNodes ?? JOURNAL_NODES_DEFAULT);
  const ports = await freePorts(2 * nameNodes + 2 * journalNodes + 3 * dataNodes);
  const next = (): string => `127.0.0.1:${ports.shift()}`;
  const servers = (length: number): ServerAddresses[] =>
    Array.from({ length }, () => ({ rpc: next(), http: next() }));
  const first = { rpc: next(), http: next() };
  return {
    nameNodeRpc: first.rpc,
    nameNodeHttp: first.http,
    nameservice: pair === undefined ? null : (pair.nameservice ?? cluster),
    nameNodes: [first, ...servers(nameNodes - 1)],
    journalNodes: servers(journalNodes),
    dataNodes: Array.from({ length: dataNodes }, () => ({ transfer: next(), http: next(), ipc: next() })),
  };
}

/** What Hadoop calls NameNode `index` within its nameservice. */
export function nameNodeId(index: number): string {
  return `nn${index + 1}`;
}
