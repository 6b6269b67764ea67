/** A secondary in memory, on core's simple live tree, with the contents of what was staged. */
import { CoevalError } from "@coeval/core/errors";
import type { Entry } from "@coeval/core/model/entry";
import type { Listed } from "@coeval/core/ports/source";
import type { Staged, SwitchStep, Target } from "@coeval/core/ports/target";
import { createLiveTree, type LiveTree } from "@coeval/core/testing/live-tree";
import { inspectionOf, statusOf, type FakeSource } from "./fake-source.ts";

export interface FakeTarget extends Target {
  readonly live: LiveTree;
  readonly status: FakeSource["status"];
  freeBytes: number | null;
  /** Writes that were begun, by path, in order: what is sent again shows. */
  readonly written: string[];
  /** Writes that came to their end. */
  readonly whole: string[];
  /** Points sealed, in order, each with the live tree as it was. */
  readonly sealedPoints: Map<string, readonly Entry[]>;
  /** Called before each call with its name and place; may throw, or wait. */
  fault: ((call: string, place: string) => Promise<void> | void) | null;
  /** What becomes of content on its way to the disk. */
  spoil: ((entry: Entry, content: Uint8Array) => Uint8Array) | null;
  /** Bytes of staged files. */
  readonly contents: Map<string, Uint8Array>;
  /** The switch's journal, while it is there. */
  journal: Uint8Array | null;
  /** Whether a step was performed since the staging was cleared last. */
  switching: boolean;
}

export function createFakeTarget(cluster: string, entries: Iterable<Entry> = []): FakeTarget {
  const live = createLiveTree(entries);
  const fault = async (call: string, place = ""): Promise<void> => target.fault?.(call, place);
  const target: FakeTarget = {
    live,
    status: statusOf(cluster),
    freeBytes: null,
    written: [],
    whole: [],
    sealedPoints: new Map(),
    fault: null,
    spoil: null,
    contents: new Map(),
    journal: null,
    switching: false,
    facts: { component: "hdfs", snapshotsPerRootMax: 100, covering: true },
    async probe() {
      await fault("probe");
      return { ...target.status };
    },
    examine: async () => [],
    inspect: async () => inspectionOf(),
    async open() {
      await fault("open");
      return { freeBytes: target.freeBytes };
    },
    async write(_holding, at, entry, content) {
      target.written.push(`${entry.set}:${entry.path}`);
      const parts: number[] = [];
      for await (const part of content) {
        await fault("write", entry.path);
        parts.push(...part);
      }
      const bytes = Uint8Array.from(parts);
      target.contents.set(placeOf(at), target.spoil?.(entry, bytes) ?? bytes);
      live.stage(at, { ...entry, length: bytes.length });
      target.whole.push(`${entry.set}:${entry.path}`);
      return bytes.length;
    },
    async *readStaged(_holding, at, entry) {
      await fault("readStaged", entry.path);
      const content = target.contents.get(placeOf(at));
      if (!content) throw new CoevalError("corrupt", `${entry.path} is not staged`);
      for (let from = 0; from < content.length; from += 100) yield content.subarray(from, from + 100);
    },
    async finishStaged(_holding, at, entry) {
      await fault("finishStaged", entry.path);
      live.stage(at, entry);
    },
    async left() {
      await fault("left");
      if (target.switching) return "switching";
      return target.contents.size > 0 ? "staged" : "nothing";
    },
    async writeJournal(_holding, content) {
      await fault("writeJournal");
      const parts: number[] = [];
      for await (const part of content) parts.push(...part);
      target.journal = Uint8Array.from(parts);
    },
    async *readJournal() {
      await fault("readJournal");
      if (!target.journal) throw new CoevalError("not-found", "there is no journal");
      yield target.journal;
    },
    async perform(_holding, step) {
      await fault("perform", pathOf(step));
      target.switching = true;
      live.perform(step);
    },
    async undo(_holding, step) {
      await fault("undo", pathOf(step));
      live.undo(step);
    },
    async *list(holding) {
      await fault("list");
      const sets = holding.sets.map(({ name }) => name);
      for (const entry of live.list()) if (sets.includes(entry.set)) yield listedOf(entry);
    },
    async attributes(_holding, { set, path }) {
      const { acl, xattrs } = live.list().find((entry) => entry.set === set && entry.path === path) ?? {};
      return { ...(acl ? { acl } : {}), ...(xattrs ? { xattrs } : {}) };
    },
    async clear() {
      await fault("clear");
      live.clear();
      target.journal = null;
      target.switching = false;
      target.contents.clear();
    },
    async seal(_holding, { point }) {
      await fault("seal", point);
      if (!target.sealedPoints.has(point)) target.sealedPoints.set(point, live.list());
      return { snapshotName: `coeval-${point}`, clusterStampMs: null };
    },
    async sealed() {
      throw new CoevalError("not-found", "no point is asked for here");
    },
    async discard() {
      await fault("discard");
      const { size } = target.sealedPoints;
      target.sealedPoints.clear();
      return size;
    },
    snapshots: async () => [...target.sealedPoints.keys()],
  };
  return target;
}

function placeOf({ top, relative }: Staged): string {
  return `${top}/${relative}`;
}

function pathOf(step: SwitchStep): string {
  return step.kind === "remove" || step.kind === "place" ? step.path : step.entry.path;
}

/** Inodes and digests are the source's; the secondary's listing has its own, and knows neither ACLs nor xattrs. */
function listedOf({ acl, xattrs: _x, sha256: _s, open: _o, ...entry }: Entry): Listed {
  return { ...entry, id: "7", hasAcl: acl !== undefined };
}
