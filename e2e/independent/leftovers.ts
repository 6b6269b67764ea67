// What a product may leave behind on the clusters, found by plain listings: snapshots on the primary's roots, staging in
// the holding directory, snapshots of points there.
import { HdfsRefusal, type WebHdfs } from "./webhdfs.ts";

export interface Leftovers {
  /** Root → names of the product's snapshots on it, oldest first as the cluster lists them. */
  readonly primary: Readonly<Record<string, readonly string[]>>;
  /** Names in the holding directory that are no part of any data set. */
  readonly staging: readonly string[];
  readonly sealed: readonly string[];
}

const OURS = /^coeval-/;
const STAGING = /^\.coeval/;

export async function leftovers(
  primary: WebHdfs,
  roots: readonly string[],
  secondary: WebHdfs,
  holding: string,
): Promise<Leftovers> {
  const onRoots: Record<string, string[]> = {};
  for (const root of roots)
    onRoots[root] = (await names(primary, `${root}/.snapshot`)).filter((n) => OURS.test(n));
  return {
    primary: onRoots,
    staging: (await names(secondary, holding)).filter((name) => STAGING.test(name)),
    sealed: await names(secondary, `${holding}/.snapshot`),
  };
}

async function names(hdfs: WebHdfs, path: string): Promise<string[]> {
  try {
    const { FileStatuses } = await hdfs.call("GET", path, "LISTSTATUS");
    return (FileStatuses as { FileStatus: { pathSuffix: string }[] }).FileStatus.map(
      (each) => each.pathSuffix,
    );
  } catch (error) {
    if (error instanceof HdfsRefusal && error.exception === "FileNotFoundException") return [];
    throw error;
  }
}
