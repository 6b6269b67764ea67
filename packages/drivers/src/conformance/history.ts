/** Random edits of a tree, from a seed: what an application may do between two moments. */
import { isWithin, parentPath } from "@coeval/core/model/path";
import type { Chance } from "./chance.ts";
import type { Ground } from "./harness.ts";
import { ODD_NAMES, put } from "./trees.ts";

/** What exists, by path; the root itself is a directory. */
export type Model = Map<string, "file" | "directory">;

/** One random edit of the real tree and of the model. */
export async function editAtRandom(ground: Ground, model: Model, chance: Chance): Promise<void> {
  const edit = chance.pick(EDITS);
  await edit({ ground, model, chance });
}

interface Context {
  readonly ground: Ground;
  readonly model: Model;
  readonly chance: Chance;
}

type Edit = (context: Context) => Promise<void>;

const createFile: Edit = async (context) => {
  const path = freePlace(context);
  await put(context.ground, path, text(context));
  context.model.set(path, "file");
};

const createDirectory: Edit = async (context) => {
  const path = freePlace(context);
  await context.ground.cluster.fs.makeDirectory(path, 0o750, context.ground.cancel);
  context.model.set(path, "directory");
};

const append: Edit = async (context) => {
  const path = some(context, "file");
  if (path) await context.ground.cluster.append(path, new TextEncoder().encode(`+${text(context)}`));
};

const truncate: Edit = async (context) => {
  const path = some(context, "file");
  const { cluster, cancel } = context.ground;
  const length = path ? ((await cluster.fs.status(path, cancel))?.length ?? 0) : 0;
  if (path && length > 0) await cluster.truncate(path, context.chance.below(length));
};

/** Cut and refilled to the same length with other bytes: HDFS's own diff does not see it. */
const refill: Edit = async (context) => {
  const path = some(context, "file");
  const { cluster, cancel } = context.ground;
  const length = path ? ((await cluster.fs.status(path, cancel))?.length ?? 0) : 0;
  if (!path || length === 0) return;
  await cluster.truncate(path, length - 1);
  await cluster.append(path, new TextEncoder().encode(context.chance.pick(["X", "Y", "Z"])));
};

const overwrite: Edit = async (context) => {
  const path = some(context, "file");
  if (path) await put(context.ground, path, text(context));
};

const remove: Edit = async (context) => {
  const path = some(context);
  if (path) await removeAt(context, path);
};

/** What was a file is a directory now, or the other way round. */
const recreateOtherwise: Edit = async (context) => {
  const path = some(context);
  if (!path) return;
  const was = context.model.get(path);
  await removeAt(context, path);
  if (was === "directory") await put(context.ground, path, text(context));
  else await context.ground.cluster.fs.makeDirectory(path, 0o755, context.ground.cancel);
  context.model.set(path, was === "directory" ? "file" : "directory");
};

const move: Edit = async (context) => {
  const from = some(context);
  const to = freePlace(context);
  if (from && !isWithin(to, from)) await moveTo(context, from, to);
};

/** Two entries take each other's names, by way of a third. */
const swap: Edit = async (context) => {
  const a = some(context);
  const b = some(context);
  if (!a || !b || isWithin(a, b) || isWithin(b, a)) return;
  const between = freePlace(context);
  if (isWithin(between, a) || isWithin(between, b)) return;
  await moveTo(context, a, between);
  await moveTo(context, b, a);
  await moveTo(context, between, b);
};

const attributes: Edit = async (context) => {
  const path = some(context);
  if (!path) return;
  const { chance, ground, model } = context;
  const { fs } = ground.cluster;
  const directory = model.get(path) === "directory";
  const named = [
    "user::rwx",
    "group::r-x",
    "mask::rwx",
    "other::---",
    `user:${chance.pick(["bob", "carol"])}:r-x`,
  ];
  const defaults = directory ? named.map((entry) => `default:${entry}`) : [];
  const acts: (() => Promise<void>)[] = [
    () => fs.setMode(path, chance.pick([0o600, 0o644, 0o755, 0o1777, 0o000]), ground.cancel),
    () => fs.setOwner(path, chance.pick(["alice", "bob"]), chance.pick(["staff", "users"]), ground.cancel),
    () => fs.setAcl(path, chance.pick([named, [...named, ...defaults]]), ground.cancel),
    () => fs.removeAcl(path, ground.cancel),
    () =>
      fs.setXattr(
        path,
        [chance.pick(["user.a", "trusted.b"]), chance.pick(["", "00", "c3bc"])],
        ground.cancel,
      ),
    () =>
      fs.setTimes(
        path,
        1_500_000_000_000 + chance.below(1000),
        directory ? null : 1_400_000_000_000,
        ground.cancel,
      ),
    () => (directory ? Promise.resolve() : fs.setReplication(path, 1 + chance.below(3), ground.cancel)),
  ];
  await chance.pick(acts)();
};

/** The more often an edit stands here, the likelier it is. */
const EDITS: readonly Edit[] = [
  createFile,
  createFile,
  createFile,
  createDirectory,
  createDirectory,
  append,
  truncate,
  refill,
  overwrite,
  remove,
  recreateOtherwise,
  move,
  move,
  swap,
  swap,
  attributes,
  attributes,
  attributes,
];

async function removeAt({ ground, model }: Context, path: string): Promise<void> {
  await ground.cluster.fs.remove(path, ground.cancel);
  for (const each of model.keys()) if (isWithin(each, path)) model.delete(each);
}

async function moveTo({ ground, model }: Context, from: string, to: string): Promise<void> {
  const outcome = await ground.cluster.fs.rename(from, to, ground.cancel);
  if (outcome !== "renamed") throw new Error(`${from} → ${to}: ${outcome}`);
  for (const [path, type] of model) {
    if (!isWithin(path, from)) continue;
    model.delete(path);
    model.set(`${to}${path.slice(from.length)}`, type);
  }
}

/** Any entry but the root; null when there is none. */
function some({ model, chance }: Context, type?: "file" | "directory"): string | null {
  const [root] = model.keys();
  const all = [...model].filter(([path, each]) => path !== root && (type === undefined || each === type));
  return all.length === 0 ? null : chance.pick(all)[0];
}

/** A path in an existing directory where nothing is. */
function freePlace({ model, chance }: Context): string {
  const directories = [...model].filter(([, type]) => type === "directory").map(([path]) => path);
  for (;;) {
    const path = `${chance.pick(directories)}/${chance.pick(ODD_NAMES).slice(0, 250)}${chance.below(50)}`;
    if (!model.has(path) && model.get(parentPath(path)) === "directory") return path;
  }
}

function text({ chance }: Context): string {
  return `${chance.below(1_000_000)}`.repeat(chance.below(8));
}
