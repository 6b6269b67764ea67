/** One directory, database or table of a service. */
import { CoevalError } from "../errors.ts";
import { isWithin } from "./path.ts";

export interface DataSet {
  /** Unique in its service; stays the same for ever, also when others come or go. */
  readonly name: string;
  readonly component: "hdfs";
  /** Absolute path on the primary; of a definition's data set it may be a pattern (model/set-pattern.ts). */
  readonly path: string;
  /** Present on a pattern, and only there: what becomes of a moment when one of its directories cannot be taken. */
  readonly onUncovered?: "refuse" | "mark";
}

/**
 * Refuses data sets that lie in one another, names or paths given twice.
 * @throws CoevalError `data-sets-nested` or `name-taken`, with the pointer of the later one.
 */
export function checkDataSets(sets: readonly DataSet[]): void {
  const names = new Set<string>();
  const byPath = sets
    .map((set, index) => ({ set, index }))
    .sort((a, b) => comparePaths(a.set.path, b.set.path));
  for (const [index, set] of sets.entries()) {
    if (names.has(set.name)) {
      throw new CoevalError(
        "name-taken",
        `spec.dataSets[${index}]: a data set named '${set.name}' stands above`,
        {
          pointer: `/spec/dataSets/${index}/name`,
        },
      );
    }
    names.add(set.name);
  }
  for (let i = 1; i < byPath.length; i++) {
    const outer = byPath[i - 1];
    const inner = byPath[i];
    if (outer && inner && isWithin(inner.set.path, outer.set.path)) {
      throw new CoevalError(
        "data-sets-nested",
        `spec.dataSets[${inner.index}]: ${inner.set.path} lies in ${outer.set.path} (spec.dataSets[${outer.index}])`,
        { pointer: `/spec/dataSets/${inner.index}` },
      );
    }
  }
}

/** Orders paths so that a directory comes directly before what lies in it: `/` sorts below every other character. */
export function comparePaths(a: string, b: string): number {
  const left = a.replaceAll("/", "\u0000");
  const right = b.replaceAll("/", "\u0000");
  return left < right ? -1 : left > right ? 1 : 0;
}
