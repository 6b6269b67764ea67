import assert from "node:assert/strict";
import { test } from "node:test";
import { clusterRole, judgeEpoch, type Tenure } from "./role.ts";

test("only the stored epoch and the very next one may act", () => {
  assert.equal(judgeEpoch(0, 1), "next");
  assert.equal(judgeEpoch(3, 3), "same");
  assert.equal(judgeEpoch(3, 4), "next");
  for (const stale of [-1, 0, 1, 2]) assert.equal(judgeEpoch(3, stale), "stale");
  for (const skipped of [5, 6, 1000]) assert.equal(judgeEpoch(3, skipped), "skipped");
});

test("a cluster's role is one word while its services agree", () => {
  const tenure = (role: Tenure["role"]): Tenure => ({ service: "s", role, epoch: 1 });
  assert.equal(clusterRole([]), "none");
  assert.equal(clusterRole([tenure("primary"), tenure("primary")]), "primary");
  assert.equal(clusterRole([tenure("secondary")]), "secondary");
  assert.equal(clusterRole([tenure("primary"), tenure("secondary")]), "mixed");
});
