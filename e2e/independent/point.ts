// Proves one recovery point by the witness alone: what the secondary's `.snapshot/current` holds against the primary's
// snapshots of the same moment, every entry and every byte.
import { readFileSync } from "node:fs";
import { type Equality, equal } from "./equal.ts";
import { walk } from "./walk.ts";
import type { WebHdfs } from "./webhdfs.ts";

export interface PointPlaces {
  readonly primary: WebHdfs;
  readonly secondary: WebHdfs;
  /** Absolute paths of the data sets on the primary. */
  readonly dataSets: readonly string[];
  /** The prefix that is replaced by the holding directory. */
  readonly source: string;
  readonly holding: string;
  /** Snapshot's name in the holding directory; default `current`. */
  readonly sealed?: string;
  readonly receipts: readonly PlaceReceipt[];
  /** The point's manifest, for the lengths it states of files that were open. */
  readonly manifest: string;
  /** Whether the primary is being written; see the rules of equality. */
  readonly writersLive: boolean;
  readonly leftOut?: (path: string) => boolean;
  readonly progress?: (entries: number) => void;
}

export interface PlaceReceipt {
  readonly root: string;
  readonly snapshotName: string;
}

export interface ProvenPoint extends Omit<Equality, "differences"> {
  readonly differences: readonly (Equality["differences"][number] & { readonly dataSet: string })[];
  /** Data set's path → open files with the lengths stated. */
  readonly open: ReadonlyMap<string, ReadonlyMap<string, number>>;
}

export async function provePoint(places: PointPlaces): Promise<ProvenPoint> {
  const open = openFiles(places);
  const sum = { entries: 0, files: 0, bytes: 0, accessTimes: 0, movedOn: 0 };
  const differences: ProvenPoint["differences"][number][] = [];
  for (const dataSet of places.dataSets) {
    const prefixes = open.get(dataSet) ?? new Map<string, number>();
    const options = {
      prefixes,
      ...(places.progress === undefined ? {} : { progress: places.progress }),
    };
    const found = await equal(
      walk(places.primary, sourcePath(places, dataSet), options),
      walk(places.secondary, sealedPath(places, dataSet), { prefixes }),
      {
        prefixes,
        writersLive: places.writersLive,
        ...(places.leftOut === undefined ? {} : { leftOut: places.leftOut }),
      },
    );
    for (const key of ["entries", "files", "bytes", "accessTimes", "movedOn"] as const)
      sum[key] += found[key];
    differences.push(...found.differences.map((difference) => ({ ...difference, dataSet })));
  }
  return { ...sum, differences, open };
}

/** Where a data set lies in the primary's snapshot of the moment. */
export function sourcePath(places: Pick<PointPlaces, "receipts">, dataSet: string): string {
  const receipt = receiptOf(places, dataSet);
  return `${receipt.root}/.snapshot/${receipt.snapshotName}${dataSet.slice(receipt.root.length)}`;
}

function receiptOf(places: Pick<PointPlaces, "receipts">, dataSet: string): PlaceReceipt {
  const receipt = places.receipts.find(({ root }) => dataSet === root || dataSet.startsWith(`${root}/`));
  if (receipt === undefined) throw new Error(`no receipt covers ${dataSet}`);
  return receipt;
}

/** Where it lies in the point on the secondary. */
export function sealedPath(
  places: Pick<PointPlaces, "source" | "holding" | "sealed">,
  dataSet: string,
): string {
  return `${places.holding}/.snapshot/${places.sealed ?? "current"}${dataSet.slice(places.source.length)}`;
}

/** Lines of the manifest that say `"open":true`. Data sets are named there, so their order by path decides nothing. */
function openFiles(places: PointPlaces): Map<string, Map<string, number>> {
  const found = new Map<string, Map<string, number>>();
  for (const line of readFileSync(places.manifest, "utf8").split("\n")) {
    if (!line.includes('"open":true')) continue;
    const { set, path, length } = JSON.parse(line) as { set: string; path: string; length: number };
    const dataSet = places.dataSets.find((each) => each.endsWith(`/${set}`));
    if (dataSet === undefined) throw new Error(`the manifest names a data set "${set}" that is none`);
    const lengths = found.get(dataSet) ?? new Map<string, number>();
    found.set(dataSet, lengths.set(path, length));
  }
  return found;
}
