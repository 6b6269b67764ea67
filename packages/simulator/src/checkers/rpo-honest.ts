/** RPO honest: whenever the status is read, no less is said to be lost than would be lost if the primary failed that instant. */
import type { RecoveryPoint } from "@coeval/core/model/recovery-point";
import { sealedTree, takenAtMs } from "../cluster/point-tree.ts";
import type { Checker, Facts } from "./checker.ts";

/** What floating point makes of an instant of today, in ms. */
const ROUNDING_MS = 0.001;

export const rpoHonest: Checker = {
  name: "rpo-honest",
  onStatus(facts, { service, lastPoint, rpoMs }, { clock }) {
    if (rpoMs === null) return [];
    // What the clock shows is not known then, and the status says so.
    if (clock.reading === null) return [];
    const trueMs = trueRpoMs(facts);
    if (trueMs !== null && rpoMs >= trueMs - ROUNDING_MS) return [];
    const lost = trueMs === null ? "everything" : `${trueMs.toFixed(3)} ms`;
    return [`${service}: ${lost} would be lost, said are ${rpoMs.toFixed(3)} ms since ${lastPoint?.id}`];
  },
};

/** The age, on the shared clock, of what the newest point holds that lies on the secondary; null when none does. */
function trueRpoMs(facts: Facts): number | null {
  const newest = facts.points.findLast(({ id }) => sealedTree(facts, id) !== null);
  if (!newest) return null;
  return facts.sharedAt(facts.timeline.nowMs) - facts.sharedAt(contentMs(facts, newest));
}

/** True time of the oldest thing that a point holds. */
function contentMs(facts: Facts, { certificate }: RecoveryPoint): number {
  const taken = certificate.body.receipts.map((receipt) => takenAtMs(facts, receipt) ?? 0);
  return Math.min(...taken);
}
