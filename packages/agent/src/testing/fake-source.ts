/** A primary in memory: a tree that stands for what a snapshot of it would show. */
import { CoevalError } from "@coeval/core/errors";
import type { ClusterStatus, Inspection } from "@coeval/core/model/cluster";
import type { Entry } from "@coeval/core/model/entry";
import type { Clock } from "@coeval/core/ports/clock";
import type { Listed, Matched, Source } from "@coeval/core/ports/source";
import { contentOf, inOrder, type Tree } from "@coeval/core/testing/trees";

const CHUNK_BYTES = 100;

export interface FakeSource extends Source {
  /** What the next snapshot shows. */
  tree: Tree;
  /** Calls that change something, in order: `snapshot NAME`, `release NAME`. */
  readonly calls: string[];
  readonly status: { -readonly [K in keyof ClusterStatus]: ClusterStatus[K] };
  /** Called before each call with its name; may throw, or wait. */
  fault: ((call: string, path?: string) => Promise<void> | void) | null;
  /** Snapshots that are there. */
  readonly taken: Set<string>;
  /** Ms that the snapshot's request takes. */
  snapshotMs: number;
  /** How far the cluster's own clock is ahead; null stamps nothing. */
  stampAheadMs: number | null;
  /** What `modified` answers. */
  hints: readonly { readonly set: string; readonly path: string }[] | null;
  /** What each pattern means, and what it means right after the moment when that is something else. */
  matched: readonly Matched[];
  matchedAfter: readonly Matched[] | null;
  /** Attributes that were asked for. */
  readonly asked: string[];
}

export function createFakeSource(clock: Clock, cluster: string): FakeSource {
  const fault = async (call: string, path?: string): Promise<void> => source.fault?.(call, path);
  const source: FakeSource = {
    tree: new Map(),
    calls: [],
    fault: null,
    taken: new Set(),
    snapshotMs: 4,
    stampAheadMs: null,
    hints: null,
    matched: [],
    matchedAfter: null,
    asked: [],
    status: statusOf(cluster),
    facts: { component: "hdfs", snapshotsPerRootMax: 100, covering: true },
    async probe() {
      await fault("probe");
      return { ...source.status };
    },
    examine: async () => [],
    async matching(pattern, at) {
      await fault("matching", pattern);
      return (at === "live" ? source.matched : (source.matchedAfter ?? source.matched)).map((one) => ({
        ...one,
      }));
    },
    measure: async () => ({ sizes: [], findings: [], blockSizeBytes: null }),
    inspect: async () => inspectionOf(),
    async prepare({ sets, snapshotName }) {
      await fault("prepare");
      return {
        snapshotName,
        roots: [{ root: "/data", rootId: "1", sets }],
        freezesOpenFiles: false,
        listsOpenFiles: true,
      };
    },
    async snapshot(prepared, cancel) {
      await fault("snapshot");
      const firstSentElapsedMs = clock.elapsedMs();
      source.calls.push(`snapshot ${prepared.snapshotName}`);
      source.taken.add(prepared.snapshotName);
      await clock.sleep(source.snapshotMs, cancel);
      const { snapshotName } = prepared;
      const { stampAheadMs } = source;
      const clusterStampMs = stampAheadMs === null ? null : Math.floor(clock.nowMs() + stampAheadMs);
      const answeredElapsedMs = clock.elapsedMs();
      return [{ root: "/data", snapshotName, firstSentElapsedMs, answeredElapsedMs, clusterStampMs }];
    },
    async openFiles() {
      await fault("openFiles");
      const open = inOrder(source.tree).filter((entry) => entry.open);
      return { kind: "listed", files: open.map(({ set, path, id, length }) => ({ set, path, id, length })) };
    },
    async *list(prepared, _cancel, filter) {
      await fault("list");
      const sets = new Set(prepared.roots.flatMap((root) => root.sets.map((set) => set.name)));
      for (const entry of inOrder(source.tree))
        if (sets.has(entry.set) && !filter?.leavesOut(entry.path, entry.type)) yield bare(entry);
    },
    async attributes(_prepared, { set, path }) {
      source.asked.push(`${set}:${path}`);
      const { acl, xattrs } = source.tree.get(`${set}:${path}`) as Entry;
      return { ...(acl ? { acl } : {}), ...(xattrs ? { xattrs } : {}) };
    },
    modified: async () => source.hints,
    async *read(_prepared, entry, offset) {
      await fault("read", entry.path);
      const content = contentOf(source.tree.get(`${entry.set}:${entry.path}`) as Entry);
      const most = Math.max(CHUNK_BYTES, content.length / 10);
      for (let at = offset; at < entry.length; at += most)
        yield content.subarray(at, Math.min(at + most, entry.length));
    },
    async release({ snapshotName }, keep) {
      await fault("release");
      source.taken.delete(snapshotName);
      source.calls.push(`release ${snapshotName}`);
      if (keep && !source.taken.has(keep.snapshotName))
        throw new CoevalError("not-found", `there is no snapshot ${keep.snapshotName}`);
    },
    roots: async (sets) => [{ root: "/data", rootId: "1", sets }],
    snapshots: async (_root, prefix) => [...source.taken].filter((name) => name.startsWith(prefix)),
  };
  return source;
}

/** A cluster that is well. */
export function statusOf(cluster: string): FakeSource["status"] {
  return {
    reachable: true,
    cause: null,
    identity: { clusterId: `CID-${cluster}`, namespaceId: "1" },
    version: "3.4.2",
    safeMode: false,
    capacityBytes: 1e12,
    remainingBytes: 1e12,
  };
}

export function inspectionOf(): Inspection {
  return {
    user: "coeval",
    superuser: true,
    snapshottable: ["/data"],
    snapshottableCount: 1,
    freezesOpenFiles: false,
    usedBytes: 1e6,
    dataNodes: 3,
    scopes: [],
  };
}

function bare({ acl, xattrs: _x, sha256: _s, open: _o, ...entry }: Entry): Listed {
  return { ...entry, hasAcl: acl !== undefined };
}
