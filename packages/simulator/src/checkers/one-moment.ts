/**
 * One moment: what a sealed point holds is what the primary's live tree held at one instant, and that instant lies inside the
 * receipt, not before the moment. What is missing from a point is whole-point's concern.
 */
import type { DataSet } from "@coeval/core/model/data-set";
import { formatInstant } from "@coeval/core/model/instant";
import type { RecoveryPoint } from "@coeval/core/model/recovery-point";
import type { DirectoryNode, FileNode } from "@coeval/drivers/memory/inode";
import { type Instant, nodeThen } from "../cluster/history.ts";
import { receiptFor, sealedSet, sealedTree, takenAtMs } from "../cluster/point-tree.ts";
import { bytesOf, nodeBelow, sameBytes, treeOf } from "../cluster/tree.ts";
import { SERIAL_A, SERIAL_B } from "../cluster/writer.ts";
import type { Checker, Facts } from "./checker.ts";

/** What floating point makes of an instant of today, in ms. */
const ROUNDING_MS = 0.001;

export const oneMoment: Checker = {
  name: "one-moment",
  afterRun(facts, run) {
    const point = facts.points.find((one) => one.run === run.id);
    if (!point) return [];
    const sealed = sealedTree(facts, point.id);
    if (!sealed) return [];
    return [
      ...receiptsThatLie(facts, point),
      ...setsOfNoInstant(facts, point, sealed),
      ...pair(facts, sealed),
    ];
  },
};

function receiptsThatLie(facts: Facts, point: RecoveryPoint): string[] {
  const wrong: string[] = [];
  for (const receipt of point.certificate.body.receipts) {
    const trueMs = takenAtMs(facts, receipt);
    if (trueMs === null) {
      wrong.push(`${point.id}: ${receipt.root} has a receipt and no snapshot was taken`);
      continue;
    }
    const at = facts.sharedAt(trueMs);
    const told = `the snapshot of ${receipt.root} was taken at ${at.toFixed(3)}`;
    if (at < point.moment - ROUNDING_MS)
      wrong.push(`${point.id}: ${told}, before the moment ${formatInstant(point.moment)}`);
    if (at < receipt.earliest - ROUNDING_MS || at > receipt.latest + ROUNDING_MS)
      wrong.push(
        `${point.id}: ${told}, its receipt says ${receipt.earliest.toFixed(3)} to ${receipt.latest.toFixed(3)}`,
      );
  }
  return wrong;
}

function setsOfNoInstant(facts: Facts, point: RecoveryPoint, sealed: DirectoryNode): string[] {
  const wrong: string[] = [];
  for (const set of facts.service.dataSets) {
    const receipt = receiptFor(point, set);
    const node = sealedSet(facts, sealed, set);
    if (!receipt || !node) continue;
    const instants = facts.history.within(facts.trueAt(receipt.earliest), facts.trueAt(receipt.latest));
    const whys = instants.map((instant) => notOf(facts, instant, set, node));
    if (!whys.includes(null))
      wrong.push(
        `${point.id}: ${set.path} is as at none of ${instants.length} instants of its receipt: ${whys.at(-1)}`,
      );
  }
  return wrong;
}

/** What of the sealed data set was not so at an instant; null when all was. */
function notOf(facts: Facts, instant: Instant, set: DataSet, sealed: DirectoryNode): string | null {
  const live = nodeThen(facts.clusters.east.names, instant, set.path);
  if (live?.type !== "directory") return "the data set was not there";
  for (const [path, node] of treeOf(sealed)) {
    const then = nodeBelow(live, path);
    if (then?.type !== node.type) return `${path} was ${then ? `a ${then.type}` : "not there"}`;
    if (node.type === "file" && then.type === "file" && !couldBe(facts, instant, node, then))
      return `${path} held other bytes`;
  }
  return null;
}

/** Of a file that was open, and that the cluster did not freeze, the point holds a beginning, not shorter than what was written by then. */
function couldBe(facts: Facts, instant: Instant, sealed: FileNode, then: FileNode): boolean {
  const written = instant.open.get(then.id);
  const { length } = sealed.content;
  if (!sameBytes(sealed.content, then.content, length)) return false;
  if (written === undefined) return length === then.content.length;
  return facts.plan.shape.captureOpenFiles ? length === written : length >= written;
}

/** A is always written before B: under one snapshot B is never ahead. Where A's file was removed with its data set, nothing is said: that
 * a point lacks a file which was there is whole-point's concern. */
function pair(facts: Facts, sealed: DirectoryNode): string[] {
  const { dataSets } = facts.service;
  if (!facts.plan.shape.covering && dataSets.length > 1) return [];
  const serial = (set: DataSet | undefined, name: string): number | null => {
    const top = set ? sealedSet(facts, sealed, set) : null;
    const node = top ? nodeBelow(top, name) : null;
    return node?.type === "file"
      ? Number(new TextDecoder().decode(bytesOf(node.content, node.content.length)))
      : null;
  };
  const a = serial(dataSets[0], SERIAL_A);
  const b = serial(dataSets.at(-1), SERIAL_B);
  return a !== null && b !== null && b > a ? [`B is at ${b}, A only at ${a}`] : [];
}
