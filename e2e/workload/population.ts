// Fills a shop before anything is protected: files and directories with every attribute and every odd name that HDFS
// allows, empty ones among them.
import type { WebHdfs } from "../independent/webhdfs.ts";
import { type Chance, chance } from "./random.ts";
import type { Shop, ShopDirectory } from "./shop.ts";

export interface PopulationOptions {
  /** In all three directories together. */
  readonly files: number;
  readonly seed: number;
  /** Of a file with content; default 4,096. */
  readonly bytesMax?: number;
  /** A root that covers the three, or each directory a root of its own; default `each`. */
  readonly snapshottable?: "each" | "covering" | "none";
  readonly progress?: (line: string) => void;
}

/** Clients of the users that write. */
export type AsUser = (user: string) => WebHdfs;

const WRITES_AT_ONCE = 16;
const FILES_IN_A_DIRECTORY = 100;
const PROGRESS_EVERY = 500;

/** Names that have broken tools: URL signs, shell signs, globs, both forms of é, a pair of surrogates, 255 bytes. */
export const ODD_NAMES: readonly string[] = [
  "a b",
  " leading",
  "trailing ",
  "100%",
  "50%25off",
  "%2F",
  "%00",
  "a+b",
  "a#b",
  "a?b",
  "a&b=c",
  "a;b",
  "a'b\"c",
  "[x]",
  "{y}",
  "*",
  "$HOME",
  "~t",
  "back\\slash",
  ".hidden",
  "_SUCCESS",
  "part=2026-11-21",
  "Grüße",
  "\u00e9",
  "e\u0301",
  "日本語",
  "😀",
  "x".repeat(255),
  "é".repeat(127),
];

/** Makes the directories, allows snapshots, and writes the files. */
export async function populate(
  superuser: WebHdfs,
  as: AsUser,
  shop: Shop,
  options: PopulationOptions,
): Promise<void> {
  const random = chance(options.seed);
  await superuser.call("PUT", shop.path, "MKDIRS", { permission: "755" });
  for (const directory of shop.directories) await makeRoot(superuser, directory);
  const roots = { each: shop.directories.map((each) => each.path), covering: [shop.path], none: [] };
  for (const root of roots[options.snapshottable ?? "each"])
    await superuser.call("PUT", root, "ALLOWSNAPSHOT");

  const share = Math.ceil(options.files / shop.directories.length);
  const plans = shop.directories.flatMap((directory) => plan(directory, share, random.fork()));
  let done = 0;
  await eachOf(plans.slice(0, options.files), WRITES_AT_ONCE, async (file) => {
    await writePlanned(as, file, options.bytesMax ?? 4096);
    if (++done % PROGRESS_EVERY === 0) options.progress?.(`wrote ${done} of ${options.files} files`);
  });
  for (const directory of shop.directories) {
    const owner = as(directory.owner);
    await owner.call("PUT", `${directory.path}/empty directory`, "MKDIRS", { permission: "711" });
    await owner.call("PUT", `${directory.path}/drop box`, "MKDIRS", { permission: "1733" });
  }
}

async function makeRoot(superuser: WebHdfs, directory: ShopDirectory): Promise<void> {
  const { path, owner, group, permission } = directory;
  await superuser.call("PUT", path, "MKDIRS", { permission });
  await superuser.call("PUT", path, "SETPERMISSION", { permission });
  await superuser.call("PUT", path, "SETOWNER", { owner, group });
  await superuser.call("PUT", path, "MODIFYACLENTRIES", { aclspec: "default:user:carol:r-x" });
}

interface Planned {
  readonly path: string;
  readonly owner: string;
  readonly random: Chance;
}

/** Odd names first, then plain ones in subdirectories of a bounded size, some of these with odd names too. */
function plan(directory: ShopDirectory, files: number, random: Chance): Planned[] {
  return Array.from({ length: files }, (_, index) => {
    const odd = ODD_NAMES[index];
    const group = Math.floor(index / FILES_IN_A_DIRECTORY);
    const folder = group % 4 === 3 ? `${ODD_NAMES[group % ODD_NAMES.length]} ${group}` : `day-${group}`;
    const path = odd === undefined ? `${folder}/file-${index}` : `odd/${odd}`;
    return { path: `${directory.path}/${path}`, owner: directory.owner, random: random.fork() };
  });
}

async function writePlanned(as: AsUser, file: Planned, bytesMax: number): Promise<void> {
  const { path, random } = file;
  const hdfs = as(file.owner);
  const empty = random.below(20) === 0;
  const content = Buffer.alloc(empty ? 0 : 1 + random.below(bytesMax), `${path}\n`);
  await hdfs.write(path, content);
  if (random.below(8) === 0)
    await hdfs.call("PUT", path, "MODIFYACLENTRIES", { aclspec: "user:carol:r--,group:audit:r--" });
  if (random.below(8) === 0) await setXattr(hdfs, path, "user.origin", `shop ${random.below(1000)}`);
  if (random.below(16) === 0) {
    const time = 1_000_000_000_000 + random.below(1_000_000_000);
    await hdfs.call("PUT", path, "SETTIMES", { modificationtime: time, accesstime: time + 1 });
  }
  // Last: its owner could not write the rest of a read-only file.
  const permission = random.pick(["644", "600", "640", "444"]);
  if (permission !== "644") await hdfs.call("PUT", path, "SETPERMISSION", { permission });
}

/** Sets an extended attribute, whether it is there or not. */
export async function setXattr(hdfs: WebHdfs, path: string, name: string, value: string): Promise<void> {
  const params = { "xattr.name": name, "xattr.value": value };
  const { XAttrs } = await hdfs.call("GET", path, "GETXATTRS", { encoding: "hex" });
  const there = (XAttrs as { name: string }[]).some((xattr) => xattr.name === name);
  await hdfs.call("PUT", path, "SETXATTR", { ...params, flag: there ? "REPLACE" : "CREATE" });
}

/** Runs `work` for each, so many at once; the first failure ends it. */
export async function eachOf<T>(
  of: readonly T[],
  atOnce: number,
  work: (one: T) => Promise<void>,
): Promise<void> {
  const rest = of.values();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (const one of rest) await work(one);
    }),
  );
}
