/** The edits that an application makes on a tree: every kind that HDFS knows, at random, within bounds. */
import type { Workload } from "@coeval/drivers/memory/workload";
import type { Seed } from "../world/seed.ts";

const FILES_MAX = 40;
const BYTES_MAX = 3000;
/** Now and then a file is larger than what one frame, and one window, hold. */
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

/** The tree as it is, and the means to change it. */
export interface View {
  readonly seed: Seed;
  readonly workload: Workload;
  readonly files: readonly string[];
  readonly folders: readonly string[];
  readonly tops: readonly string[];
  readonly isOpen: (path: string) => boolean;
}

export type Edit = (view: View) => void;

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

/** To begin with. */
export const GROWING: readonly Edit[] = [make, make, make, makeFolder, xattr, acl, owner];
/** What an application does to a tree, each as often as it stands here. */
export const EDITS: readonly Edit[] = [
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
  mode,
  owner,
  times,
  replication,
  xattr,
  acl,
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
export function newPath({ seed, files, folders }: View): string | null {
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
