/** How much data sets hold, summed up by the cluster. Asks only. */
import { CoevalError } from "@coeval/core/errors";
import type { DataSet } from "@coeval/core/model/data-set";
import { EVERYTHING, type PathFilter } from "@coeval/core/model/path-filter";
import type { Finding, Measured, SetSize } from "@coeval/core/ports/source";
import type { FileSystem } from "./file-system.ts";
import { notReadable } from "./locate.ts";
import { inParallel } from "./parallel.ts";
import { walk } from "./walk.ts";

/** A sum holds the name system's lock, if in slices: few at a time. */
const SUMS_AT_ONCE_MAX = 2;

const BLOCK_SIZE_KEY = "dfs.blocksize";
/** Suffixes as Hadoop's StringUtils.TraditionalBinaryPrefix has them: src. */
const PREFIXES = ["", "k", "m", "g", "t", "p", "e"] as const;

export async function measureSets(
  fs: FileSystem,
  sets: readonly DataSet[],
  cancel: AbortSignal,
  filter: PathFilter = EVERYTHING,
): Promise<Measured> {
  const told = await inParallel(sets, SUMS_AT_ONCE_MAX, (set) => measureSet(fs, set, cancel, filter));
  return {
    blockSizeBytes: blockSizeOf(await fs.setting(BLOCK_SIZE_KEY, cancel)),
    sizes: told.flatMap((one) => ("size" in one ? [one.size] : [])),
    findings: told.flatMap((one) => ("finding" in one ? [one.finding] : [])),
  };
}

/** `134217728` or `128m`. */
function blockSizeOf(text: string | null): number | null {
  const [, digits = "", prefix = ""] = /^(\d{1,15})([kmgtpe]?)$/i.exec(text?.trim() ?? "") ?? [];
  const power = PREFIXES.findIndex((each) => each === prefix.toLowerCase());
  return digits === "" ? null : Number(digits) * 1024 ** power;
}

type Told = { readonly size: SetSize } | { readonly finding: Finding };

async function measureSet(
  fs: FileSystem,
  set: DataSet,
  cancel: AbortSignal,
  filter: PathFilter,
): Promise<Told> {
  try {
    const sum =
      filter === EVERYTHING
        ? await fs.contentSummary(set.path, cancel)
        : await counted(fs, set, cancel, filter);
    return { size: { set: set.name, ...sum } };
  } catch (thrown) {
    if (!(thrown instanceof CoevalError)) throw thrown;
    const problem = unmeasured(fs.user, set, thrown);
    if (problem === null) throw thrown;
    return { finding: { set: set.name, level: "blocks", ...problem } };
  }
}

/** HDFS sums up whole trees only: what a filter leaves is listed. */
async function counted(fs: FileSystem, set: DataSet, cancel: AbortSignal, filter: PathFilter) {
  const sum = { files: 0, directories: 1, bytes: 0, spaceBytes: 0 };
  try {
    for await (const { status } of walk(fs, set.path, cancel, filter)) {
      if (status.type === "directory") sum.directories++;
      else {
        sum.files++;
        sum.bytes += status.length;
        sum.spaceBytes += status.length * status.replication;
      }
    }
  } catch (thrown) {
    if (!(thrown instanceof CoevalError) || thrown.code !== "not-found") throw thrown;
    if ((await fs.status(set.path, cancel)) === null) throw thrown;
    const why = `${set.path} changed while it was listed`;
    throw new CoevalError("stalled", why, { cause: thrown });
  }
  return sum;
}

/** What is wrong with the data set itself; null when the cluster could not be asked. */
function unmeasured(user: string, set: DataSet, thrown: CoevalError) {
  if (thrown.code === "no-right") return notReadable(user, set, thrown);
  if (thrown.code !== "not-found") return null;
  return { code: "set-missing", text: `data set '${set.name}': ${set.path} does not exist` } as const;
}
