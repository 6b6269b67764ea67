/** A point as it lies sealed on the secondary, and the primary's snapshot it was made from. */
import type { RecoveryPoint } from "@coeval/core/model/recovery-point";
import type { DataSet } from "@coeval/core/model/data-set";
import type { Receipt } from "@coeval/core/model/receipt";
import { isWithin, relativeTo } from "@coeval/core/model/path";
import type { DirectoryNode } from "@coeval/drivers/memory/inode";
import { snapshotName } from "@coeval/core/protect/instruct";
import type { Stage } from "../stage.ts";
import { nodeAt, nodeBelow } from "./tree.ts";

const CURRENT = "current";

/** The sealed holding directory; null when there is no such snapshot. */
export function sealedTree(stage: Stage, point: string): DirectoryNode | null {
  const { names } = stage.clusters.west;
  const { target } = stage.service.mapping;
  for (const name of [`coeval-${point}`, CURRENT]) {
    const node = nodeAt(names, `${target}/.snapshot/${name}`);
    if (node?.type === "directory" && markOf(node) === point) return node;
  }
  return null;
}

/** A data set in a sealed point; null when it is not there. */
export function sealedSet(stage: Stage, sealed: DirectoryNode, set: DataSet): DirectoryNode | null {
  const node = nodeBelow(sealed, relativeTo(set.path, stage.service.mapping.source));
  return node?.type === "directory" ? node : null;
}

/** A data set in the primary's snapshot of a run; null when it is gone. */
export function sourceSet(stage: Stage, run: string, root: string, set: DataSet): DirectoryNode | null {
  const top = nodeAt(
    stage.clusters.east.names,
    `${root}/.snapshot/${snapshotName({ id: run, service: stage.service })}`,
  );
  const node = top?.type === "directory" ? nodeBelow(top, relativeTo(set.path, root)) : null;
  return node?.type === "directory" ? node : null;
}

/** The receipt that covers a data set. */
export function receiptFor(point: RecoveryPoint, set: DataSet): Receipt | null {
  return point.certificate.body.receipts.find(({ root }) => isWithin(set.path, root)) ?? null;
}

/** True time at which the snapshot behind a receipt was really taken, the last time it was; null when it never was. */
export function takenAtMs(stage: Stage, receipt: Receipt): number | null {
  const call = stage.calls.findLast(
    ({ cluster, method, texts, result }) =>
      cluster === "east" &&
      method === "createSnapshot" &&
      result === "created" &&
      texts[0] === receipt.root &&
      texts[1] === receipt.snapshotName,
  );
  return call?.atMs ?? null;
}

/** The point that a sealed holding directory says it is. */
function markOf(node: DirectoryNode): string | null {
  const mark = node.xattrs.find(([name]) => name.endsWith(".coeval.point"))?.[1];
  if (mark === undefined) return null;
  return new TextDecoder().decode(
    Uint8Array.from(mark.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16)),
  );
}
