/** The primary's side of a component: snapshots at the moment, their listing, their bytes. Nothing else is written there. */
import type { ErrorCode } from "../errors.ts";
import type { DataSet } from "../model/data-set.ts";
import type { Entry, Place } from "../model/entry.ts";
import type { PathFilter } from "../model/path-filter.ts";
import type { Component } from "./component.ts";

export interface Source extends Component {
  /**
   * What accepting the data sets changes in production, and what forbids it; changes nothing itself.
   * Never rejects for a data set that is wrong: the finding says so.
   */
  examine(sets: readonly DataSet[], cancel: AbortSignal): Promise<Finding[]>;
  /**
   * The directories that a pattern of paths means, by path, each with what forbids to take it; links are told, files are not.
   * @param at where to look: the live tree, or, where a root covers it, the snapshots that were just taken; what is found there is
   * told by its live path, and nothing forbids it.
   * @throws CoevalError `too-large` for more than MAX_DATA_SETS.
   */
  matching(pattern: string, at: Prepared | "live", cancel: AbortSignal): Promise<readonly Matched[]>;
  /**
   * How much the data sets hold now, summed up by the cluster; one that cannot be told is a finding instead. Changes nothing, and may
   * take long on a large tree.
   * @param filter what it leaves out is not counted: then the tree is listed instead; without it everything counts.
   */
  measure(sets: readonly DataSet[], cancel: AbortSignal, filter?: PathFilter): Promise<Measured>;
  /**
   * Everything slow, before the moment: roots found (one covering root where the layout allows), rights proven, connection warm.
   * The result is plain data: it is journaled and given back after a crash.
   * @throws CoevalError `set-missing`, `not-snapshottable`, `no-right`, `safe-mode`, `unsupported`, `snapshot-limit`.
   */
  prepare(request: PrepareRequest, cancel: AbortSignal): Promise<Prepared>;
  /**
   * Takes all snapshots at once, one per root, in parallel. Repeating is harmless: a snapshot of that name that this
   * instruction took is success, and the receipt then spans from the first request ever sent (`firstSentElapsedMs`).
   */
  snapshot(prepared: Prepared, cancel: AbortSignal): Promise<Taken[]>;
  /** Which files were open, asked right after `snapshot`, with the length to take of each. */
  openFiles(prepared: Prepared, cancel: AbortSignal): Promise<OpenFiles>;
  /**
   * All files and directories of the data sets in their snapshots, in manifest order (compareEntries), without ACLs, xattrs, digests.
   * @param filter what it leaves out is neither told nor looked into; without it everything is told.
   */
  list(prepared: Prepared, cancel: AbortSignal, filter?: PathFilter): AsyncIterable<Listed>;
  /** ACL and xattrs of one entry in its snapshot. */
  attributes(prepared: Prepared, entry: Listed, cancel: AbortSignal): Promise<ExtendedAttributes>;
  /**
   * Places that the component's own diff between two snapshots names as modified; a hint that adds to the comparison of listings.
   * Null when it cannot be had or names more than MODIFIED_MAX: then every entry's attributes are read.
   */
  modified(prepared: Prepared, base: Prepared, cancel: AbortSignal): Promise<readonly Place[] | null>;
  /**
   * The first `entry.length` bytes of a file in its snapshot, from `offset` on, in pieces that are good only until the next is asked for.
   * Ends short never: throws `corrupt` instead.
   */
  read(prepared: Prepared, entry: Listed, offset: number, cancel: AbortSignal): AsyncIterable<Uint8Array>;
  /** Deletes the snapshots; an absent one is success. Afterwards root and `keep` are listed to prove the name system sound (HDFS-16972). */
  release(prepared: Prepared, keep: Prepared | null, cancel: AbortSignal): Promise<void>;
  /**
   * The snapshottable directories at or above the data sets, as far as they are there: with `snapshots` they tell what an agent that
   * knows nothing of it finds of a run. Their `sets` are the given ones that lie in each.
   */
  roots(sets: readonly DataSet[], cancel: AbortSignal): Promise<readonly PreparedRoot[]>;
  /** Names of the snapshots at a root that begin with `prefix`, oldest first. */
  snapshots(root: string, prefix: string, cancel: AbortSignal): Promise<readonly string[]>;
}

/** A directory that a pattern means. */
export interface Matched {
  readonly path: string;
  /** Why it cannot be taken, with the command that mends it where there is one; null when it can. */
  readonly problem: { readonly code: ErrorCode; readonly text: string; readonly command?: string } | null;
}

/** Places a diff may name before it is dropped for the full comparison. */
export const MODIFIED_MAX = 200_000;

/** What `prepare` makes ready. */
export interface PrepareRequest {
  readonly sets: readonly DataSet[];
  /** The snapshots' name, unique to the run: `coeval-…`. */
  readonly snapshotName: string;
}

/** What `prepare` found: all that later calls need of the snapshots. */
export interface Prepared {
  readonly snapshotName: string;
  readonly roots: readonly PreparedRoot[];
  /** The cluster itself freezes files that are open at a snapshot. */
  readonly freezesOpenFiles: boolean;
  /** The agent may list open files. */
  readonly listsOpenFiles: boolean;
}

/** One directory to take a snapshot of, and the data sets it covers. */
export interface PreparedRoot {
  /** The snapshottable directory. */
  readonly root: string;
  /** Its inode id: a root deleted and made again is another root. */
  readonly rootId: string;
  readonly sets: readonly DataSet[];
}

/** One snapshot taken, in elapsed time of the machine that took it. */
export interface Taken {
  readonly root: string;
  readonly snapshotName: string;
  readonly firstSentElapsedMs: number;
  readonly answeredElapsedMs: number;
  /** The instant the cluster's own clock stamped on it; null when it cannot be read. */
  readonly clusterStampMs: number | null;
}

/** A file or directory as the listing shows it: an Entry before ACL, xattrs and digest are known. */
export interface Listed extends Entry {
  readonly hasAcl: boolean;
}

/** What a listing does not show of an entry, as in Entry. */
export interface ExtendedAttributes {
  readonly acl?: readonly string[];
  readonly xattrs?: readonly (readonly [name: string, hex: string])[];
}

/**
 * `frozen`: the cluster froze them, nothing to state. `listed`: each with the length to take.
 * `unknown`: the cluster neither freezes nor tells.
 */
export type OpenFiles =
  | { readonly kind: "frozen" }
  | { readonly kind: "listed"; readonly files: readonly OpenFile[] }
  | { readonly kind: "unknown"; readonly why: string };

/** A file that was open at the moment. */
export interface OpenFile extends Place {
  readonly id: string;
  /** Bytes the snapshot's listing stated at its first reading: what the point holds of the file. */
  readonly length: number;
}

/** One thing that accepting a data set means. `blocks` findings refuse it; the rest are shown. */
export interface Finding {
  /** Data set name, or null when it concerns all. */
  readonly set: string | null;
  readonly level: "blocks" | "warns" | "tells";
  readonly code: string;
  readonly text: string;
  /** The exact command that mends it, where there is one. */
  readonly command?: string;
}

/** What a data set holds, without what only snapshots hold. */
export interface SetSize {
  readonly set: string;
  readonly files: number;
  /** The data set's own included. */
  readonly directories: number;
  /** Of content. */
  readonly bytes: number;
  /** On the disks: every replica counted. */
  readonly spaceBytes: number;
}

/** What measuring told, each data set in one of both. */
export interface Measured {
  readonly sizes: readonly SetSize[];
  readonly findings: readonly Finding[];
  /** The block size of new files there, hence of most; null when the cluster does not tell. */
  readonly blockSizeBytes: number | null;
}
