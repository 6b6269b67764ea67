// Changes a shop all the time, in every way that HDFS knows, from a seed: create, append, overwrite, rename (files and
// directories, across directories of the same owner), delete, make again, mode, ACL, extended attribute, times.
import type { WebHdfs } from "../independent/webhdfs.ts";
import { ODD_NAMES, setXattr } from "./population.ts";
import { type Chance, chance } from "./random.ts";
import type { Shop, ShopDirectory } from "./shop.ts";

export interface Mutators {
  /** Operations done so far. */
  readonly done: number;
  readonly counts: ReadonlyMap<string, number>;
  /** Ends them; throws when an operation was refused. */
  stop(): Promise<void>;
}

export interface MutatorOptions {
  readonly shop: Shop;
  readonly as: (user: string) => WebHdfs;
  readonly seed: number;
  /** Rest between two operations of one directory's mutator; default 20. */
  readonly pauseMs?: number;
}

const PAUSE_MS_DEFAULT = 20;
const FILES_MAX = 60;
const CONTENT_BYTES_MAX = 8192;

/** One mutator a directory, each in a place of its own there, so that it knows what is there without asking. */
export async function startMutators(options: MutatorOptions): Promise<Mutators> {
  const counts = new Map<string, number>();
  const state = { done: 0, stopping: false };
  const random = chance(options.seed);
  const running = options.shop.directories.map((directory) =>
    mutate(directory, options, random.fork(), state, counts),
  );
  const all = Promise.all(running);
  all.catch(() => {
    state.stopping = true;
  });
  return {
    get done() {
      return state.done;
    },
    counts,
    async stop() {
      state.stopping = true;
      await all;
    },
  };
}

interface Place {
  readonly hdfs: WebHdfs;
  readonly path: string;
  readonly random: Chance;
  readonly files: string[];
  readonly folders: string[];
  /** Makes every new name differ from those before. */
  made: number;
}

async function mutate(
  directory: ShopDirectory,
  options: MutatorOptions,
  random: Chance,
  state: { done: number; stopping: boolean },
  counts: Map<string, number>,
): Promise<void> {
  const path = `${directory.path}/moving`;
  const place: Place = {
    hdfs: options.as(directory.owner),
    path,
    random,
    files: [],
    folders: [path],
    made: 0,
  };
  await place.hdfs.call("PUT", path, "MKDIRS", { permission: "755" });
  while (!state.stopping) {
    const name = place.files.length < 5 ? "create" : random.pick(NAMES);
    await OPERATIONS[name](place);
    counts.set(name, (counts.get(name) ?? 0) + 1);
    state.done++;
    await new Promise((resolve) => setTimeout(resolve, options.pauseMs ?? PAUSE_MS_DEFAULT));
  }
}

const OPERATIONS = {
  async create(place: Place): Promise<void> {
    if (place.files.length >= FILES_MAX) return OPERATIONS.remove(place);
    const path = newPath(place);
    await place.hdfs.write(path, content(place));
    place.files.push(path);
  },
  append: (place: Place) => place.hdfs.write(aFile(place), content(place), { append: true }),
  overwrite: (place: Place) => place.hdfs.write(aFile(place), content(place)),
  async remove(place: Place) {
    const path = aFile(place);
    await place.hdfs.call("DELETE", path, "DELETE");
    place.files.splice(place.files.indexOf(path), 1);
  },
  /** The same name is another inode afterwards. */
  async recreate(place: Place) {
    const path = aFile(place);
    await place.hdfs.call("DELETE", path, "DELETE");
    await place.hdfs.write(path, content(place));
  },
  async rename(place: Place) {
    const path = aFile(place);
    const target = newPath(place);
    await moved(place, path, target);
    place.files[place.files.indexOf(path)] = target;
  },
  async renameFolder(place: Place) {
    const folder = place.random.pick(place.folders);
    if (folder === place.path) {
      const made = `${place.path}/folder ${++place.made}`;
      await place.hdfs.call("PUT", made, "MKDIRS", { permission: "750" });
      place.folders.push(made);
      return;
    }
    const target = `${place.path}/folder ${++place.made}`;
    await moved(place, folder, target);
    place.folders[place.folders.indexOf(folder)] = target;
    for (const [index, path] of place.files.entries()) {
      if (path.startsWith(`${folder}/`)) place.files[index] = target + path.slice(folder.length);
    }
  },
  async mode(place: Place) {
    const permission = place.random.pick(["600", "640", "644", "664", "755"]);
    await place.hdfs.call("PUT", aFile(place), "SETPERMISSION", { permission });
  },
  async acl(place: Place) {
    const path = aFile(place);
    if (place.random.below(3) === 0) await place.hdfs.call("PUT", path, "REMOVEACL");
    else await place.hdfs.call("PUT", path, "MODIFYACLENTRIES", { aclspec: "user:carol:rw-" });
  },
  xattr: (place: Place) => setXattr(place.hdfs, aFile(place), "user.step", String(place.made)),
  async times(place: Place) {
    const time = 1_500_000_000_000 + place.random.below(1_000_000_000);
    await place.hdfs.call("PUT", aFile(place), "SETTIMES", { modificationtime: time, accesstime: time });
  },
} satisfies Record<string, (place: Place) => Promise<void>>;

const NAMES = Object.keys(OPERATIONS) as (keyof typeof OPERATIONS)[];

async function moved(place: Place, from: string, to: string): Promise<void> {
  const answer = await place.hdfs.call("PUT", from, "RENAME", { destination: to });
  if (answer["boolean"] !== true) throw new Error(`${from} could not be renamed to ${to}`);
}

function aFile(place: Place): string {
  return place.random.pick(place.files);
}

function newPath(place: Place): string {
  const odd = place.random.below(5) === 0 ? `${place.random.pick(ODD_NAMES).slice(0, 100)} ` : "";
  return `${place.random.pick(place.folders)}/${odd}${++place.made}`;
}

function content(place: Place): Buffer {
  return Buffer.alloc(place.random.below(CONTENT_BYTES_MAX), `content ${++place.made}\n`);
}
