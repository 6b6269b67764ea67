// The status: never better than the truth, the worst first, with what comes and what holds it.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Service } from "@coeval/core/model/service";
import { type ServiceInputs, statusOf } from "./status.ts";
import { serviceBetween, START_MS } from "./testing/fake-control.ts";
import { wellClock } from "./testing/sample-status.ts";

const grade = { kind: "exact", spreadMs: 0, windowMs: 5, byMs: 0 } as const;

function inputs(
  name: string,
  change: { rpoMs?: number; age?: number | null } & Partial<ServiceInputs> = {},
): ServiceInputs {
  const { rpoMs, age = 1000, ...more } = change;
  const plain = serviceBetween("east", "west");
  const policy = { ...plain.policy, objective: rpoMs === undefined ? null : { rpoMs } };
  const service: Service = { ...plain, name, policy };
  const last = { service: name, id: "point-1", moment: START_MS - (age ?? 0), grade, points: 1 };
  return {
    service,
    last: age === null ? null : { ...last, sources: service.dataSets.map(({ path }) => path), uncovered: [] },
    active: null,
    pace: null,
    lastEnded: null,
    lastMoment: null,
    next: { moment: START_MS + 5000, fault: null },
    ...more,
  };
}

const of = (...services: ServiceInputs[]) => statusOf(START_MS, wellClock, [], services, []).services;

test("the worst comes first: no point, then the furthest beyond its objective, then the oldest", () => {
  const seen = of(
    inputs("old", { age: 90_000 }),
    inputs("met", { age: 95_000, rpoMs: 100_000 }),
    inputs("late", { age: 20_000, rpoMs: 10_000 }),
    inputs("later", { age: 15_000, rpoMs: 1000 }),
    inputs("none", { age: null }),
  );
  assert.deepEqual(
    seen.map(({ service }) => service),
    ["none", "later", "late", "met", "old"],
  );
});

test("a data set that the last point lacks makes what would be lost unknown, not small", () => {
  const one = inputs("orders");
  const [seen] = of({ ...one, last: one.last && { ...one.last, sources: ["/data/other"] } });
  assert.equal(seen?.rpoMs, null, "some of the data would be lost altogether");
  assert.deepEqual(seen?.uncovered, ["events"]);
});

test("a clock that was set back gives no negative age", () => {
  assert.equal(of(inputs("orders", { age: -5000 }))[0]?.rpoMs, 0);
});

test("the pause that holds the service is shown, one that is over is not", () => {
  const pause = {
    what: "all",
    name: "",
    since: START_MS - 10,
    until: START_MS + 10,
    why: "w",
    by: "b",
  } as const;
  assert.equal(statusOf(START_MS, wellClock, [], [inputs("orders")], [pause]).services[0]?.pause, pause);
  assert.equal(statusOf(START_MS + 10, wellClock, [], [inputs("orders")], [pause]).services[0]?.pause, null);
});
