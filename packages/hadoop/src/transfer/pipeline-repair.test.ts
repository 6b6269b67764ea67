import assert from "node:assert/strict";
import { test } from "node:test";
import { wantsReplacement } from "./pipeline-repair.ts";

test("a DataNode that failed is replaced as Hadoop's default policy says", () => {
  // ReplaceDatanodeOnFailure.DEFAULT: [replication, left, readers rely on what is written, replaced].
  const cases = [
    [1, 0, true, false],
    [2, 1, true, false],
    [3, 3, true, false],
    [3, 2, false, false],
    [3, 2, true, true],
    [3, 1, false, true],
    [3, 0, true, false],
    [5, 3, false, false],
    [5, 2, false, true],
    [5, 4, true, true],
  ] as const;
  for (const [replication, left, rely, replaced] of cases)
    assert.equal(
      wantsReplacement(replication, left, rely),
      replaced,
      `${left} left of ${replication}, ${rely}`,
    );
});
