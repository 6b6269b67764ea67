import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { OpenFilesGrade, Receipt } from "../model/receipt.ts";
import { judge } from "./snapshot.ts";

const MOMENT = 1_795_257_101_007;

function receipts(...spans: (readonly [number, number])[]): Receipt[] {
  return spans.map(([earliest, latest], index) => ({
    root: `/r${index}`,
    snapshotName: "coeval-run-1",
    sets: [`s${index}`],
    earliest: MOMENT + earliest,
    latest: MOMENT + latest,
    clusterStamp: null,
  }));
}

const grade = (spans: (readonly [number, number])[], windowMs = 50, openFiles: OpenFilesGrade = "listed") =>
  judge(receipts(...spans), MOMENT, { windowMs, beyond: "refuse", openFiles: "refuse" }, openFiles);

test("the grades, case by case", () => {
  const cases = [
    // One snapshot holds everything: no spread, however long its request took.
    [[[0, 20]], "listed", { kind: "exact", spreadMs: 0, windowMs: 20, byMs: 0 }],
    [[[0, 20]], "frozen", { kind: "exact", spreadMs: 0, windowMs: 20, byMs: 0 }],
    // Files that went on growing are of no one instant.
    [[[0, 20]], "unknown", { kind: "within", spreadMs: 0, windowMs: 20, byMs: 0 }],
    [
      [
        [0, 20],
        [3, 31.5],
      ],
      "listed",
      { kind: "within", spreadMs: 31.5, windowMs: 31.5, byMs: 0 },
    ],
    [
      [
        [7, 20],
        [3, 9],
      ],
      "frozen",
      { kind: "within", spreadMs: 17, windowMs: 20, byMs: 0 },
    ],
    [[[0, 50]], "listed", { kind: "exact", spreadMs: 0, windowMs: 50, byMs: 0 }],
    [[[0, 50.001]], "listed", { kind: "torn", spreadMs: 0, windowMs: 50.001, byMs: 0.001 }],
    [
      [
        [0, 20],
        [10, 62],
      ],
      "listed",
      { kind: "torn", spreadMs: 62, windowMs: 62, byMs: 12 },
    ],
    // Before the moment is torn as well, even by a little and within the tolerance's length.
    [[[-2, 20]], "listed", { kind: "torn", spreadMs: 0, windowMs: 20, byMs: 2 }],
    [[[-30, -10]], "listed", { kind: "torn", spreadMs: 0, windowMs: -10, byMs: 30 }],
    [
      [
        [-3, 20],
        [1, 90],
      ],
      "listed",
      { kind: "torn", spreadMs: 93, windowMs: 90, byMs: 40 },
    ],
  ] as const;
  for (const [spans, openFiles, expected] of cases)
    assert.deepEqual(grade([...spans], 50, openFiles), expected, JSON.stringify(spans));
});

test("what clocks cannot prove makes nothing torn: digits below a microsecond are rounding", () => {
  assert.equal(grade([[-0.0002, 20]]).kind, "exact");
  assert.equal(grade([[-0.001, 20]]).kind, "torn");
});

test("without receipts there is nothing to judge", () => {
  assert.throws(() => grade([]), RangeError);
});

test("the spread told contains every instant at which a snapshot may have been taken", () => {
  const span = fc
    .tuple(fc.integer({ min: -100, max: 100 }), fc.integer({ min: 0, max: 100 }))
    .map(([earliest, length]) => [earliest, earliest + length] as const);
  fc.assert(
    fc.property(
      fc.array(span, { minLength: 1, maxLength: 6 }),
      fc.integer({ min: 1, max: 200 }),
      (spans, window) => {
        const { kind, spreadMs, windowMs, byMs } = grade(spans, window);
        const first = Math.min(...spans.map(([earliest]) => earliest));
        const last = Math.max(...spans.map(([, latest]) => latest));
        assert.equal(windowMs, last);
        assert.equal(spreadMs, spans.length === 1 ? 0 : last - first);
        assert.equal(kind === "torn", first < 0 || last > window);
        assert.equal(byMs > 0, kind === "torn");
        assert.equal(kind === "exact", kind !== "torn" && spans.length === 1);
      },
    ),
    { seed: 3, numRuns: 2000 },
  );
});
