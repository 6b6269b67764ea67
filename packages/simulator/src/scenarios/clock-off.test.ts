import assert from "node:assert/strict";
import { test } from "node:test";
import { checkers } from "../checkers/all.ts";
import { drain } from "../drain.ts";
import { simulate } from "../simulate.ts";
import { clockOff } from "./clock-off.ts";

test("an agent whose source is 2 s off is refused, with the figures", async () => {
  const { complaints, endings, log } = await simulate({ seed: 3, scenario: clockOff, checkers, drain });
  assert.deepEqual([complaints, endings], [[], []]);
  const refused = log.filter((line) => line.includes("no run"));
  assert.ok(refused.length > 0);
  for (const line of refused)
    assert.match(line, /clock-off: east: .* is (199\d|200\d)\.\d+ ms ± \d+\.\d+ ms/);
});
