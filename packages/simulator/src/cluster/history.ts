/** The true history of a cluster's live tree: what it was at every instant, by the one who wrote it. */
import type { Inode } from "@coeval/drivers/memory/inode";
import type { NameSystem } from "@coeval/drivers/memory/name-system";
import type { Timeline } from "../world/timeline.ts";
import { attributeDifferences, nodeAt, sameBytes } from "./tree.ts";

export interface Instant {
  /** From this true time on, until the next one. */
  readonly atMs: number;
  readonly root: NameSystem["root"];
  /** Inode id → bytes written so far, of the files that were open then. */
  readonly open: ReadonlyMap<number, number>;
}

export interface History {
  /** To be called after each edit by the writer: what is live now is as it should be. */
  record(): void;
  /** What somebody else changed since the last record; empty when nobody did. */
  foreignChanges(): string[];
  /** The instants at which the tree was as recorded, within these true times. */
  within(fromMs: number, toMs: number): readonly Instant[];
  readonly last: Instant;
}

export function createHistory(timeline: Timeline, names: NameSystem): History {
  const instants: Instant[] = [];
  const record = (): void => {
    const open = new Map([...names.openFiles].map(([id, content]) => [id, content.length]));
    instants.push({ atMs: timeline.nowMs, root: names.root, open });
    // As a snapshot does: from now on nothing of this tree is changed in place.
    names.epoch++;
  };
  record();
  return {
    record,
    get last() {
      return instants.at(-1) as Instant;
    },
    foreignChanges() {
      const snapshottable = new Set(names.snapshottable.keys());
      return differences((instants.at(-1) as Instant).root, names.root, "", snapshottable);
    },
    within(fromMs, toMs) {
      const first = instants.findLastIndex((instant) => instant.atMs <= fromMs);
      return instants.slice(Math.max(0, first)).filter((instant) => instant.atMs <= toMs);
    },
  };
}

/** A snapshot sets its root's own modification time, which is the one thing that may change there. */
function differences(before: Inode, now: Inode, path: string, snapshottable: ReadonlySet<number>): string[] {
  if (before === now) return [];
  const what = attributeDifferences(before, now).filter(
    (field) => !(field.startsWith("mtimeMs") && snapshottable.has(now.id)),
  );
  if (before.id !== now.id) what.push("inode");
  const found = what.length > 0 ? [`${path || "/"}: ${what.join(", ")}`] : [];
  if (before.type === "file" && now.type === "file") {
    const { length } = now.content;
    // A snapshot that freezes open files puts a copy in the live file's place.
    if (before.content.length !== length || !sameBytes(before.content, now.content, length))
      found.push(`${path}: content`);
    return found;
  }
  if (before.type !== "directory" || now.type !== "directory") return found;
  for (const [name, child] of now.children) {
    const old = before.children.get(name);
    if (!old) found.push(`${path}/${name}: made`);
    else found.push(...differences(old, child, `${path}/${name}`, snapshottable));
  }
  for (const name of before.children.keys())
    if (!now.children.has(name)) found.push(`${path}/${name}: removed`);
  return found;
}

/** The live node at a path at an instant. */
export function nodeThen(names: NameSystem, instant: Instant, path: string): Inode | null {
  return nodeAt({ ...names, root: instant.root }, path);
}
