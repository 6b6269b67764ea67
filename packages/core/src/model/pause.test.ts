import assert from "node:assert/strict";
import { test } from "node:test";
import { serviceWith } from "../testing/services.ts";
import { isPaused, type Pause, pausedBy } from "./pause.ts";

/** Billing, from east to west. */
const service = serviceWith({});
const pause = (more: Partial<Pause>): Pause => ({
  what: "all",
  name: "",
  since: 10,
  until: 20,
  why: "x",
  ...more,
});

test("a pause holds from its first instant to the one before its end, or for good", () => {
  assert.deepEqual(
    [9, 10, 19, 20].map((at) => isPaused([pause({})], service, at)),
    [false, true, true, false],
  );
  assert.ok(isPaused([pause({ until: null })], service, 1e15));
  assert.ok(!isPaused([], service, 15));
});

test("it concerns its service, the services of its cluster on either side, or all", () => {
  const held = (more: Partial<Pause>) => isPaused([pause(more)], service, 15);
  assert.ok(held({ what: "service", name: "billing" }) && !held({ what: "service", name: "east" }));
  assert.ok(held({ what: "cluster", name: "east" }) && held({ what: "cluster", name: "west" }));
  assert.ok(!held({ what: "cluster", name: "billing" }) && !held({ what: "cluster", name: "north" }));
  assert.ok(held({ what: "all" }));
});

test("of several the one that lasts longest is told", () => {
  const pauses = [
    pause({ until: 30, why: "long" }),
    pause({ why: "short" }),
    pause({ since: 16, until: null, why: "later" }),
  ];
  assert.equal(pausedBy(pauses, service, 15)?.why, "long");
  assert.equal(pausedBy(pauses, service, 16)?.why, "later");
});
