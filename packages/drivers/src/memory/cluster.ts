/**
 * A whole cluster in memory: name system, the agent's view of it, source and target drivers, and what tests and the
 * simulator do to it. One world and the same calls give the same history.
 */
import { CoevalError } from "@coeval/core/errors";
import type { Clock } from "@coeval/core/ports/clock";
import type { Log } from "@coeval/core/ports/log";
import type { Random } from "@coeval/core/ports/random";
import type { Source } from "@coeval/core/ports/source";
import type { Target } from "@coeval/core/ports/target";
import { CAPTURE_OPEN_FILES_KEY } from "../hdfs/facts.ts";
import type { FileSystem } from "../hdfs/file-system.ts";
import { createHdfsSource } from "../hdfs/source.ts";
import { createHdfsTarget } from "../hdfs/target.ts";
import { flipBit } from "./content.ts";
import { createMemoryFileSystem } from "./file-system.ts";
import { find, type NameSystem, own, type Quota, ROOT_INODE } from "./name-system.ts";
import { deleteSnapshot, snapshotsOf, snapshottablePaths } from "./snapshots.ts";
import { createWorkload, type Workload } from "./workload.ts";

export interface MemoryWorld {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

export interface MemoryClusterOptions {
  /** Part of its identity. */
  readonly name: string;
  /** The user that passes all checks; `hdfs` unless given. */
  readonly superuser?: string;
  /** The user that source and target act as; the superuser unless given. */
  readonly user?: string;
  /** Groups of users, beside the one that bears the user's name. */
  readonly groups?: Readonly<Record<string, readonly string[]>>;
  /** dfs.namenode.snapshot.capture.openfiles. */
  readonly captureOpenFiles?: boolean;
  /** Each call takes between these, drawn from the world's random; none unless given. */
  readonly latencyMs?: readonly [least: number, most: number];
  /** How far the cluster's own clock is ahead of the world's. */
  readonly clockAheadMs?: number;
  readonly capacityBytes?: number;
  /** Entries of a listing's page; 1,000 as HDFS unless given. */
  readonly pageEntries?: number;
}

export interface MemoryCluster {
  readonly fs: FileSystem;
  readonly source: Source;
  readonly target: Target;
  /** The same name system as another user sees it. */
  readonly as: (user: string) => FileSystem;
  /** Edits at once, as the superuser unless a user is named. */
  workload(user?: string): Workload;
  /** The state itself, for checkers; not to be changed. */
  readonly names: NameSystem;
  /** All snapshots as `root@name`, by root, oldest first: for checkers of what stays behind. */
  allSnapshots(): readonly string[];
  /** Deletes a snapshot underfoot. */
  removeSnapshot(root: string, name: string): void;
  /** Flips a bit of a stored file, in every snapshot that shares the bytes. */
  corrupt(path: string, offset: number): void;
  /** What the disks have left from now on. */
  setRemainingBytes(bytes: number): void;
  setQuota(directory: string, quota: Quota): void;
  setSafeMode(on: boolean): void;
  /** False: every call fails as it does when the NameNode is gone. */
  setReachable(reachable: boolean): void;
  /** The cluster is formatted anew: all is gone and it is another one. */
  setIdentity(identity: { clusterId: string; namespaceId: string }): void;
  /** Marks an inode as lying in an encryption zone, erasure-coded, or as a link. */
  mark(path: string, as: "encrypted" | "erasureCoded"): void;
}

const CAPACITY_BYTES = 2 ** 50;
const PAGE_ENTRIES = 1000;

export function createMemoryCluster(world: MemoryWorld, options: MemoryClusterOptions): MemoryCluster {
  const names = createNameSystem(world.clock, options);
  let up = true;
  const reachable = (): void => {
    if (!up) throw new CoevalError("cluster-unreachable", `the NameNode of ${options.name} does not answer`);
  };
  const latencyMs = () => drawLatency(world.random, options.latencyMs);
  const pageEntries = options.pageEntries ?? PAGE_ENTRIES;
  const as = (user: string) =>
    createMemoryFileSystem(world, names, { user, latencyMs, pageEntries, reachable });
  const fs = as(options.user ?? names.superuser);
  return {
    fs,
    source: createHdfsSource(world, fs),
    target: createHdfsTarget(world, fs),
    as,
    workload: (user) => createWorkload(names, user ?? names.superuser),
    names,
    setReachable: (now) => {
      up = now;
    },
    ...hooks(names),
  };
}

function createNameSystem(clock: Clock, options: MemoryClusterOptions): NameSystem {
  const superuser = options.superuser ?? "hdfs";
  const nowMs = () => Math.floor(clock.nowMs() + (options.clockAheadMs ?? 0));
  const common = { epoch: 0, acl: [], xattrs: [], encrypted: false, erasureCoded: false, sorted: null };
  const root = {
    ...common,
    type: "directory",
    id: ROOT_INODE,
    owner: superuser,
    group: "supergroup",
  } as const;
  return {
    root: { ...root, mode: 0o755, mtimeMs: nowMs(), children: new Map() },
    epoch: 0,
    nextInode: ROOT_INODE + 1,
    nextSnapshot: 0,
    snapshottable: new Map(),
    openFiles: new Map(),
    quotas: new Map(),
    settings: new Map([[CAPTURE_OPEN_FILES_KEY, String(options.captureOpenFiles ?? false)]]),
    superuser,
    groups: new Map(Object.entries(options.groups ?? {})),
    identity: { clusterId: `CID-${options.name}`, namespaceId: String(numberOf(options.name)) },
    safeMode: false,
    capacityBytes: options.capacityBytes ?? CAPACITY_BYTES,
    remainingBytes: options.capacityBytes ?? CAPACITY_BYTES,
    nowMs,
  };
}

function hooks(names: NameSystem) {
  return {
    allSnapshots: () =>
      snapshottablePaths(names).flatMap((root) =>
        snapshotsOf(names, root).map(({ name }) => `${root}@${name}`),
      ),
    removeSnapshot(root: string, name: string): void {
      deleteSnapshot(names, names.superuser, root, name);
    },
    corrupt(path: string, offset: number): void {
      const node = find(names, path);
      if (node?.type !== "file") throw new CoevalError("not-found", `${path} is no file`);
      flipBit(node.content, offset);
    },
    setRemainingBytes(bytes: number): void {
      names.remainingBytes = bytes;
    },
    setQuota(directory: string, quota: Quota): void {
      names.quotas.set(own(names, directory).id, quota);
    },
    setSafeMode(on: boolean): void {
      names.safeMode = on;
    },
    setIdentity(identity: { clusterId: string; namespaceId: string }): void {
      Object.assign(names.identity, identity);
    },
    mark(path: string, as: "encrypted" | "erasureCoded"): void {
      own(names, path)[as] = true;
    },
  };
}

function drawLatency(random: Random, range: readonly [number, number] | undefined): number {
  if (!range) return 0;
  const [a, b] = random.bytes(2) as unknown as [number, number];
  return range[0] + ((range[1] - range[0]) * (a * 256 + b)) / 65_535;
}

/** A number of the name, so that two clusters differ and each stays the same. */
function numberOf(name: string): number {
  let number = 7;
  for (const char of name) number = (number * 31 + (char.codePointAt(0) as number)) % 2_000_000_000;
  return number;
}
