import assert from "node:assert/strict";
import { test } from "node:test";
import { checkers } from "./checkers/all.ts";
import { drain } from "./drain.ts";
import { mix } from "./scenarios/mix.ts";
import { scenarios } from "./scenarios/all.ts";
import { simulate } from "./simulate.ts";

test("one seed is one history", async () => {
  for (const seed of [1, 2, 3]) {
    const once = await simulate({ seed, scenario: mix, checkers, drain });
    const again = await simulate({ seed, scenario: mix, checkers, drain });
    assert.deepEqual(again, once);
    assert.notEqual(once.events, 0);
  }
});

test("two seeds are two histories", async () => {
  const one = await simulate({ seed: 1, scenario: mix, checkers, drain });
  const other = await simulate({ seed: 2, scenario: mix, checkers, drain });
  assert.notEqual(one.digest, other.digest);
});

test("every scenario has a name of its own", () => {
  const byName = new Map(scenarios.map((scenario) => [scenario.name, scenario]));
  for (const scenario of scenarios) assert.equal(byName.get(scenario.name), scenario);
});
