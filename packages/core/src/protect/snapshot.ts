/** Snapshot: how well the snapshots hit the moment. The grade stays with the point for ever. */
import type { Instant } from "../model/instant.ts";
import type { OpenFilesGrade, Receipt } from "../model/receipt.ts";
import type { Tolerance } from "../model/policy.ts";

/**
 * `exact`: one snapshot holds everything, no spread. `within`: several, all inside the tolerance. `torn`: beyond it, `by` that much.
 * `spreadMs`: between the earliest and latest possible instant of the snapshots. `windowMs`: the latest possible instant after the moment.
 */
export interface Grade {
  readonly kind: "exact" | "within" | "torn";
  readonly spreadMs: number;
  readonly windowMs: number;
  /** Beyond the tolerance by this; 0 unless torn. */
  readonly byMs: number;
}

/**
 * Grades a moment's receipts. A receipt that may begin before the moment is torn as well: data of before would be passed off as of the moment.
 * @throws RangeError without receipts.
 */
export function judge(
  receipts: readonly Receipt[],
  moment: Instant,
  tolerance: Tolerance,
  openFiles: OpenFilesGrade,
): Grade {
  if (receipts.length === 0) throw new RangeError("no receipts");
  const earliest = Math.min(...receipts.map((receipt) => receipt.earliest));
  const latest = Math.max(...receipts.map((receipt) => receipt.latest));
  const windowMs = round(latest - moment);
  const single = receipts.length === 1;
  const spreadMs = single ? 0 : round(latest - earliest);
  const byMs = round(Math.max(0, windowMs - tolerance.windowMs, moment - earliest));
  if (byMs > 0) return { kind: "torn", spreadMs, windowMs, byMs };
  // Files that went on growing inside the snapshot are not of one instant, so nothing is exact then.
  return { kind: single && openFiles !== "unknown" ? "exact" : "within", spreadMs, windowMs, byMs: 0 };
}

/** Whole microseconds are more than clocks can prove; digits beyond them would only look exact. */
function round(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
