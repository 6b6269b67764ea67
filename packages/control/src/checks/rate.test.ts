import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ASSUMED_BYTES_PER_SECOND,
  ASSUMED_FILES_PER_SECOND,
  durationMs,
  MEASURED_RUNS_MAX,
  rateOf,
} from "./rate.ts";

const SECOND_OF_FILES = { files: ASSUMED_FILES_PER_SECOND, bytes: 0 };

test("a pair that never ran is assumed, and said to be", () => {
  assert.deepEqual(rateOf([]), {
    filesPerSecond: ASSUMED_FILES_PER_SECOND,
    bytesPerSecond: ASSUMED_BYTES_PER_SECOND,
    from: "assumed",
    runs: 0,
  });
  assert.equal(durationMs(SECOND_OF_FILES, rateOf([])), 1000);
  assert.equal(
    durationMs({ files: ASSUMED_FILES_PER_SECOND, bytes: ASSUMED_BYTES_PER_SECOND }, rateOf([])),
    2000,
  );
});

test("a pair that took twice as long as assumed is half as fast, in files and in bytes", () => {
  const rate = rateOf([{ ...SECOND_OF_FILES, ms: 2000 }]);
  assert.deepEqual(
    [rate.filesPerSecond, rate.bytesPerSecond, rate.from, rate.runs],
    [ASSUMED_FILES_PER_SECOND / 2, ASSUMED_BYTES_PER_SECOND / 2, "measured", 1],
  );
  // What was measured is foretold.
  assert.equal(durationMs(SECOND_OF_FILES, rate), 2000);
});

test("runs that moved next to nothing tell nothing, and only the last ones count", () => {
  assert.equal(rateOf([{ files: 1, bytes: 10, ms: 3000 }]).from, "assumed");
  const slow = { ...SECOND_OF_FILES, ms: 100_000 };
  const fast = Array.from({ length: MEASURED_RUNS_MAX }, () => ({ ...SECOND_OF_FILES, ms: 500 }));
  const rate = rateOf([{ files: 0, bytes: 0, ms: 900 }, ...fast, slow]);
  assert.deepEqual([rate.runs, rate.filesPerSecond], [MEASURED_RUNS_MAX, ASSUMED_FILES_PER_SECOND * 2]);
});
