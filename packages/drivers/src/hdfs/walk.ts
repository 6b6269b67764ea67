/**
 * Walks a tree in manifest order: depth first, names by their UTF-8 bytes, a directory directly before what lies in it.
 * Listings are fetched ahead in parallel; memory holds a page for each level and a bounded number ahead.
 */
import { CoevalError } from "@coeval/core/errors";
import { joinPath } from "@coeval/core/model/path";
import { EVERYTHING, type PathFilter } from "@coeval/core/model/path-filter";
import type { FileStatus, FileSystem, ListPage } from "./file-system.ts";

/** Directories of one listing that are listed ahead of the walk. */
const AHEAD_PER_DIRECTORY_MAX = 8;
/** Listings ahead at all levels together. */
const AHEAD_MAX = 64;

export interface Found {
  /** Relative to the walk's directory, never empty: the directory itself is not told. */
  readonly path: string;
  readonly status: FileStatus;
}

interface Level {
  readonly path: string;
  page: ListPage;
  index: number;
}

type Settled = { readonly page: ListPage } | { readonly failure: unknown };

/** @throws CoevalError `not-found` when the directory does not exist. */
export async function* walk(
  fs: FileSystem,
  directory: string,
  cancel: AbortSignal,
  filter: PathFilter = EVERYTHING,
): AsyncGenerator<Found> {
  const left = new AbortController();
  const listings = listAhead(fs, directory, AbortSignal.any([cancel, left.signal]), filter);
  try {
    const levels: Level[] = [{ path: "", page: await listings.first(""), index: 0 }];
    for (let level = levels.at(-1); level; level = levels.at(-1)) {
      const status = level.page.entries[level.index];
      if (!status) {
        if (!level.page.more) levels.pop();
        else await nextPage(level, listings);
        continue;
      }
      level.index++;
      listings.lookAhead(level);
      const path = joinPathRelative(level.path, status.name);
      if (filter.leavesOut(path, kindOf(status))) continue;
      yield { path, status };
      if (status.type === "directory") levels.push({ path, page: await listings.first(path), index: 0 });
    }
  } finally {
    left.abort(new CoevalError("internal-stop", "the walk was left"));
  }
}

async function nextPage(level: Level, listings: Listings): Promise<void> {
  const last = level.page.entries.at(-1);
  if (!last) throw new CoevalError("protocol", `an empty page of '${level.path}' announces another one`);
  level.page = await listings.behind(level.path, last.name);
  level.index = 0;
}

type Listings = ReturnType<typeof listAhead>;

function listAhead(fs: FileSystem, directory: string, cancel: AbortSignal, filter: PathFilter) {
  const ahead = new Map<string, Promise<Settled>>();
  const list = (path: string, after: string | null) => fs.listPage(joinPath(directory, path), after, cancel);
  return {
    async first(path: string): Promise<ListPage> {
      const begun = ahead.get(path);
      if (!begun) return list(path, null);
      ahead.delete(path);
      const settled = await begun;
      if ("failure" in settled) throw settled.failure;
      return settled.page;
    },
    behind: list,
    /** Begins to list the directories that come next in the level's page. */
    lookAhead(level: Level): void {
      let begun = 0;
      // The entry just passed is next of all.
      for (let i = level.index - 1; i < level.page.entries.length && begun < AHEAD_PER_DIRECTORY_MAX; i++) {
        const status = level.page.entries[i] as FileStatus;
        if (status.type !== "directory") continue;
        const path = joinPathRelative(level.path, status.name);
        if (filter.leavesOut(path, "directory")) continue;
        begun++;
        if (ahead.has(path) || ahead.size >= AHEAD_MAX) continue;
        // Kept as a value: one that fails and is never asked for must not count as unhandled.
        ahead.set(
          path,
          list(path, null).then(
            (page) => ({ page }),
            (failure: unknown) => ({ failure }),
          ),
        );
      }
    },
  };
}

/** A symbolic link counts as a file: what it leads to is never looked into. */
function kindOf({ type }: FileStatus): "file" | "directory" {
  return type === "directory" ? type : "file";
}

/** Relative paths have no leading slash, which joinPath's absolute ones do. */
function joinPathRelative(path: string, name: string): string {
  return path === "" ? name : `${path}/${name}`;
}
