/**
 * The application that lives on the primary: it edits the data sets all the time, harder around a moment, in every way HDFS
 * allows, and writes a serial number first to A, then to B, so that B is never ahead of A at any instant.
 */
import { CoevalError } from "@coeval/core/errors";
import type { OpenWriter } from "@coeval/drivers/memory/edit";
import type { Workload } from "@coeval/drivers/memory/workload";
import type { NameSystem } from "@coeval/drivers/memory/name-system";
import type { Seed } from "../world/seed.ts";
import type { Timeline } from "../world/timeline.ts";
import type { History } from "./history.ts";
import { nodeAt, treeOf } from "./tree.ts";

export interface Writer {
  /** Writes hard around a true time. */
  hurryAround(trueMs: number): void;
  /** Begins to write; goes on until stopped. */
  start(): void;
  /** One edit out of turn, by the same application. */
  edit(act: (workload: Workload) => void): void;
  /** Ends, and closes what is open. */
  stop(): void;
  /** What somebody else changed on the live tree, found before the writer's own next edit. */
  readonly foreign: readonly string[];
}

export interface WriterParts {
  readonly timeline: Timeline;
  readonly seed: Seed;
  readonly names: NameSystem;
  readonly workload: Workload;
  readonly history: History;
  /** The data sets' directories, at least one. */
  readonly directories: readonly string[];
}

/** Names of the pair's files. */
export const SERIAL_A = "serial-a";
export const SERIAL_B = "serial-b";

const FILES_MAX = 40;
const HOT_MS = 150;
const HOT_GAP_MS = 5;
const COLD_GAP_MS = 150;
const OPEN_MAX = 3;
const BYTES_MAX = 3000;
const BIG_BYTES = 300_000;
const NAMES = [
  "a",
  "b",
  "part-0",
  "ein Wort",
  "100%",
  "x+y",
  "#tag",
  "größe",
  "日本",
  "q?",
  "emoji-😀",
  "z".repeat(255),
];

export function createWriter(parts: WriterParts): Writer {
  const { timeline, seed, names, workload, history, directories } = parts;
  const open: { path: string; writer: OpenWriter }[] = [];
  const foreign: string[] = [];
  let hotMs = Number.NEGATIVE_INFINITY;
  let serial = 0;
  let stopped = true;

  const edit = (act: () => void): void => {
    if (foreign.length === 0) foreign.push(...history.foreignChanges());
    try {
      act();
    } catch (thrown) {
      // An edit may meet what an earlier one made of the tree; an application meets that too.
      if (!(thrown instanceof CoevalError)) throw thrown;
    }
    history.record();
  };

  function step(): void {
    if (stopped) return;
    const acts = [...EDITS, pair, openFile, growFile, closeFile];
    edit(() => seed.pick(acts)(look()));
    const gapMs = Math.abs(timeline.nowMs - hotMs) < HOT_MS ? HOT_GAP_MS : COLD_GAP_MS;
    timeline.after(seed.between(0.05, 2 * gapMs), step);
  }

  function look(): View {
    const files: string[] = [];
    const folders: string[] = [];
    for (const directory of directories) {
      const top = nodeAt(names, directory);
      if (top?.type !== "directory") continue;
      for (const [path, node] of treeOf(top)) {
        const full = path === "" ? directory : `${directory}/${path}`;
        if (node.type === "directory") folders.push(full);
        else if (!full.endsWith(SERIAL_A) && !full.endsWith(SERIAL_B)) files.push(full);
      }
    }
    const isOpen = (path: string) => names.openFiles.has(nodeAt(names, path)?.id ?? 0);
    return { seed, workload, files, folders, tops: directories, isOpen };
  }

  function pair(): void {
    serial++;
    const text = String(serial);
    const put = (directory: string | undefined, name: string): void => {
      // A data set that was removed does not come back by itself.
      if (directory !== undefined && workload.exists(directory)) workload.write(`${directory}/${name}`, text);
    };
    put(directories[0], SERIAL_A);
    timeline.after(seed.between(0.1, 3), () => {
      if (!stopped) edit(() => put(directories.at(-1), SERIAL_B));
    });
  }

  function openFile(view: View): void {
    if (open.length >= OPEN_MAX) return;
    const path = seed.chance(0.5) && view.files.length > 0 ? seed.pick(view.files) : newPath(view);
    if (path) open.push({ path, writer: workload.open(path) });
  }

  function growFile(): void {
    if (open.length > 0) seed.pick(open).writer.write(seed.bytes(seed.whole(1, 500)));
  }

  function closeFile(): void {
    const [closed] = open.splice(seed.whole(0, Math.max(0, open.length - 1)), 1);
    closed?.writer.close();
  }

  return {
    foreign,
    edit: (act) => edit(() => act(workload)),
    hurryAround(trueMs) {
      hotMs = trueMs;
    },
    start() {
      stopped = false;
      for (let i = 0; i < 30; i++) edit(() => seed.pick(GROWING)(look()));
      step();
      // Around the moment it must not sleep through.
      const wake = (): void => {
        if (stopped) return;
        if (Math.abs(timeline.nowMs - hotMs) < HOT_MS) edit(() => seed.pick(EDITS)(look()));
        timeline.after(HOT_GAP_MS * 2, wake);
      };
      wake();
    },
    stop() {
      if (stopped) return;
      edit(() => {
        for (const { writer } of open) writer.close();
      });
      stopped = true;
    },
  };
}

interface View {
  readonly seed: Seed;
  readonly workload: Workload;
  readonly files: readonly string[];
  readonly folders: readonly string[];
  readonly tops: readonly string[];
  readonly isOpen: (path: string) => boolean;
}

type Edit = (view: View) => void;

const make: Edit = (view) => {
  const path = newPath(view);
  if (path) view.workload.write(path, content(view.seed), { replication: view.seed.whole(1, 3) });
};
const makeFolder: Edit = (view) => {
  const path = newPath(view);
  if (path) view.workload.makeDirectory(path, view.seed.pick([0o755, 0o700, 0o1777]));
};
const append: Edit = onFile(({ workload, seed }, path) => workload.append(path, content(seed)));
const overwrite: Edit = onFile(({ workload, seed }, path) => workload.write(path, content(seed)));
const truncate: Edit = onFile(({ workload, seed, isOpen }, path) => {
  // HDFS refuses to cut a file that is being written.
  if (!isOpen(path)) workload.truncate(path, seed.whole(0, workload.read(path)?.length ?? 0));
});
const remove: Edit = onEither(({ workload }, path) => workload.remove(path));
const retype: Edit = onFile(({ workload, seed }, path) => {
  workload.remove(path);
  workload.write(`${path}/${seed.pick(NAMES)}`, content(seed));
});
const move: Edit = onEither((view, path) => {
  const to = newPath(view);
  if (to && !to.startsWith(`${path}/`)) view.workload.rename(path, to);
});
const swap: Edit = (view) => {
  if (view.files.length < 2) return;
  const [a, b] = [view.seed.pick(view.files), view.seed.pick(view.files)];
  if (a === b || !view.workload.rename(a, `${view.tops[0]}/swapping`)) return;
  view.workload.rename(b, a);
  view.workload.rename(`${view.tops[0]}/swapping`, b);
};
const mode: Edit = onEither(({ workload, seed }, path) =>
  workload.setMode(path, seed.pick([0o600, 0o640, 0o755, 0o1777])),
);
const owner: Edit = onEither(({ workload, seed }, path) =>
  workload.setOwner(path, seed.pick(["ada", "bob"]), seed.pick(["staff", "ops"])),
);
const times: Edit = onEither(({ workload, seed }, path) =>
  workload.setTimes(path, 1_500_000_000_000 + seed.whole(0, 1e9)),
);
const replication: Edit = onFile(({ workload, seed }, path) =>
  workload.setReplication(path, seed.whole(1, 4)),
);
const xattr: Edit = onEither(({ workload, seed }, path) =>
  workload.setXattr(path, seed.pick(["user.colour", "user.owner"]), seed.pick(["", "00", "626c7565"])),
);
const acl: Edit = onEither(({ workload, seed }, path) =>
  workload.setAcl(path, [
    "user::rw-",
    `user:${seed.pick(["eve", "sam"])}:r--`,
    "group::r--",
    "mask::r--",
    "other::---",
  ]),
);

const GROWING: readonly Edit[] = [make, make, make, makeFolder, xattr, acl, owner];
const EDITS: readonly Edit[] = [
  ...[
    make,
    make,
    make,
    makeFolder,
    append,
    append,
    overwrite,
    truncate,
    remove,
    remove,
    retype,
    move,
    move,
    swap,
  ],
  ...[mode, owner, times, replication, xattr, acl],
];

function onFile(act: (view: View, path: string) => void): Edit {
  return (view) => {
    if (view.files.length > 0) act(view, view.seed.pick(view.files));
  };
}

/** A file or a directory, never a data set itself. */
function onEither(act: (view: View, path: string) => void): Edit {
  return (view) => {
    const all = [...view.files, ...view.folders.filter((folder) => !view.tops.includes(folder))];
    if (all.length > 0) act(view, view.seed.pick(all));
  };
}

/** A path where nothing is yet; null when there is enough. */
function newPath({ seed, files, folders }: View): string | null {
  if (files.length >= FILES_MAX || folders.length === 0) return null;
  const path = `${seed.pick(folders)}/${seed.pick(NAMES)}${seed.chance(0.5) ? seed.whole(0, 20) : ""}`;
  return path.length > 1000 || path.slice(path.lastIndexOf("/") + 1).length > 255 ? null : path;
}

function content(seed: Seed): Uint8Array {
  if (seed.chance(0.1)) return new Uint8Array();
  const length = seed.chance(0.01) ? BIG_BYTES : seed.whole(1, BYTES_MAX);
  const start = seed.whole(0, 255);
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at++) bytes[at] = (start + at * 7 + (at >> 6)) & 255;
  return bytes;
}
