/**
 * The secondary's side of a component. Content goes into staging first; one journaled switch by renames makes it live;
 * a snapshot of the holding directory seals it. Every call may be repeated after a crash.
 */
import type { Entry } from "../model/entry.ts";
import type { Component } from "./component.ts";
import type { ExtendedAttributes, Finding, Listed } from "./source.ts";

export interface Target extends Component {
  /** What stands in the way of a holding directory for the service, or would later; writes nothing. */
  examine(service: string, directory: string, cancel: AbortSignal): Promise<Finding[]>;
  /**
   * Proves, or makes, the holding directory: ours, closed (0700), snapshottable, with parents of the data sets, and the live tree
   * unchanged since the base point was sealed.
   * @throws CoevalError `foreign-data`, `conflict` (with the paths), `no-right`, `safe-mode`, `secondary-full`.
   */
  open(holding: Holding, cancel: AbortSignal): Promise<Opened>;
  /**
   * Writes a file's content into staging; an earlier half-written one is replaced. It is done with a piece when it asks for the next.
   * Resolves with the bytes written.
   */
  write(
    holding: Holding,
    at: Staged,
    entry: Entry,
    content: AsyncIterable<Uint8Array>,
    cancel: AbortSignal,
  ): Promise<number>;
  /** The content of a staged file, read back from the cluster, in pieces that are good only until the next is asked for. */
  readStaged(holding: Holding, at: Staged, entry: Entry, cancel: AbortSignal): AsyncIterable<Uint8Array>;
  /** Gives a staged file or directory its attributes and times (a directory is made when absent), and proves them by reading them back. */
  finishStaged(holding: Holding, at: Staged, entry: Entry, cancel: AbortSignal): Promise<void>;
  /** How far the run is on the cluster, whoever brought it there. */
  left(holding: Holding, cancel: AbortSignal): Promise<"nothing" | "staged" | "switching">;
  /** Writes the switch's journal into staging, before the first step; an earlier one is replaced. */
  writeJournal(holding: Holding, content: AsyncIterable<Uint8Array>, cancel: AbortSignal): Promise<void>;
  /** The switch's journal, for whoever has to take it back. @throws CoevalError `not-found` when none was written. */
  readJournal(holding: Holding, cancel: AbortSignal): AsyncIterable<Uint8Array>;
  /** Performs one step of the switch; done already is success. */
  perform(holding: Holding, step: SwitchStep, cancel: AbortSignal): Promise<void>;
  /** Takes one step back; never performed, or undone already, is success. */
  undo(holding: Holding, step: SwitchStep, cancel: AbortSignal): Promise<void>;
  /** The live tree in manifest order; staging left out. */
  list(holding: Holding, cancel: AbortSignal): AsyncIterable<Listed>;
  /** ACL and xattrs of one entry of the live tree. */
  attributes(holding: Holding, entry: Listed, cancel: AbortSignal): Promise<ExtendedAttributes>;
  /** Removes all staging of the run, what was replaced included. */
  clear(holding: Holding, cancel: AbortSignal): Promise<void>;
  /**
   * Takes the point's snapshot, proves that nothing changed between switch and snapshot, and makes it `.snapshot/current`,
   * the point before it getting its own name back.
   */
  seal(holding: Holding, seal: SealRequest, cancel: AbortSignal): Promise<SealedSnapshot>;
  /** A sealed point, the newest or an older one. @throws CoevalError `not-found` when its snapshot is gone. */
  sealed(holding: Holding, point: string, cancel: AbortSignal): Promise<SealedPoint>;
  /**
   * Deletes all sealed points, oldest first, and the holding directory; absent is success. Resolves with how many snapshots went.
   * @throws CoevalError `foreign-data` for a directory of another service, `foreign-snapshot`; then nothing was deleted.
   */
  discard(holding: Holding, cancel: AbortSignal): Promise<number>;
  /** Names of all sealed points' snapshots, oldest first; the newest shows as `current`. */
  snapshots(holding: Holding, cancel: AbortSignal): Promise<readonly string[]>;
}

/** A sealed point as its snapshot shows it: it cannot change any more. */
export interface SealedPoint {
  /** In manifest order. */
  list(cancel: AbortSignal): AsyncIterable<Listed>;
  /** The content of one of its files. @throws CoevalError `corrupt` when it ends short. */
  read(entry: Listed, cancel: AbortSignal): AsyncIterable<Uint8Array>;
}

/** The secondary's place for one service, and the run that works there. */
export interface Holding {
  readonly service: string;
  /** Absolute path of the holding directory. */
  readonly directory: string;
  /** Names the staging folder. */
  readonly run: string;
  /**
   * Data set name → path relative to the holding directory; never empty. Sets of the base point that the run has not any more are
   * named as well: removing them is part of the switch, and from then on `list` tells nothing of them.
   */
  readonly sets: readonly { readonly name: string; readonly relative: string }[];
  /** The base point's id, or null for the first. */
  readonly basePoint: string | null;
}

/** What opening found. */
export interface Opened {
  /** Bytes of content that still fit, replication not counted off; null when the cluster does not tell. */
  readonly freeBytes: number | null;
}

/** Where in the run's staging a file or directory lies: below the topmost new one that will be renamed into place. */
export interface Staged {
  readonly top: number;
  /** Relative to that top; empty for the top itself. */
  readonly relative: string;
}

/** The point to seal. */
export interface SealRequest {
  readonly point: string;
  /** The point before, whose snapshot is `current` until now; null for the first. */
  readonly previous: string | null;
  /**
   * Places where the live tree is not what the point must hold, at most EVIDENCE_MAX, relative to the holding directory; empty when it is.
   * Asked when an earlier attempt may have left the directory open: times tell nothing of that, they are the source's.
   */
  readonly unlike: (cancel: AbortSignal) => Promise<readonly string[]>;
}

/** The snapshot that is the point. */
export interface SealedSnapshot {
  readonly snapshotName: string;
  /** The instant the cluster's own clock stamped on it; null when it cannot be read. */
  readonly clusterStampMs: number | null;
}

/** One step of the switch, with what its inverse needs. `number` names what is set aside and is unique in the run. */
export type SwitchStep =
  /** The live entry goes aside. */
  | { readonly kind: "remove"; readonly number: number; readonly set: string; readonly path: string }
  /** The staged top becomes live; nothing may be in its way. */
  | {
      readonly kind: "place";
      readonly number: number;
      readonly set: string;
      readonly path: string;
      readonly top: number;
    }
  /** Owner, group, mode, ACL, xattrs, replication, times of a live entry. */
  | { readonly kind: "attributes"; readonly number: number; readonly entry: Entry; readonly before: Entry }
  /** Times of a live directory whose children changed. `before` is null for one that is new in this run. */
  | { readonly kind: "times"; readonly number: number; readonly entry: Entry; readonly before: Entry | null };
