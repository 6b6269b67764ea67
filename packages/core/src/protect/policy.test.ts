import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { due, MISSED_MAX } from "./policy.ts";

test("the moment entered is the moment: it is armed the lead before, not sooner", () => {
  assert.deepEqual(due([1000], null, 0, 100), { kind: "wait", until: 900 });
  assert.deepEqual(due([1000], null, 899, 100), { kind: "wait", until: 900 });
  assert.deepEqual(due([1000], null, 900, 100), { kind: "arm", moment: 1000 });
  assert.deepEqual(due([1000], null, 999, 100), { kind: "arm", moment: 1000 });
});

test("moments that went by are told, each by itself, before anything else is armed", () => {
  assert.deepEqual(due([1, 2, 3, 10], null, 3, 5), { kind: "missed", moments: [1, 2, 3] });
  assert.deepEqual(due([1, 2, 3, 10], 2, 3, 5), { kind: "missed", moments: [3] });
  assert.deepEqual(due([1, 2, 3, 10], 3, 5, 5), { kind: "arm", moment: 10 });
  assert.deepEqual(due([1, 2], 2, 5, 5), { kind: "none" });
  assert.deepEqual(due([], null, 5, 5), { kind: "none" });
  const many = Array.from({ length: MISSED_MAX + 5 }, (_, index) => index);
  const told = due(many, null, 1e6, 1);
  assert.ok(told.kind === "missed" && told.moments.length === MISSED_MAX && told.moments[0] === 0);
});

test("asked again and again, every moment is armed or told as missed exactly once, in order", () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.integer({ min: 1, max: 200 }), { maxLength: 12 }),
      fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 30 }),
      (unsorted, steps) => {
        const moments = unsorted.sort((a, b) => a - b);
        const told: number[] = [];
        let now = 0;
        for (const step of [...steps, 1000]) {
          now += step;
          for (;;) {
            const answer = due(moments, told.at(-1) ?? null, now, 10);
            if (answer.kind === "arm") told.push(answer.moment);
            else if (answer.kind === "missed") told.push(...answer.moments);
            else break;
          }
        }
        assert.deepEqual(told, moments);
      },
    ),
    { seed: 3, numRuns: 500 },
  );
});
