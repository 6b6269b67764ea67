// Troubles: each kind with its key, its cause on the first line, what to do, and since when.
import assert from "node:assert/strict";
import { test } from "node:test";
import { START_MS } from "./testing/fake-control.ts";
import { clockView, wellClock, wellCluster, wellService } from "./testing/sample-status.ts";
import { troublesOf } from "./troubles.ts";

const cause = { code: "agent-away", message: "west: the agent is away", evidence: [] } as const;
const missed = {
  number: 1,
  service: "orders",
  moment: START_MS,
  fate: "missed",
  run: null,
  cause,
  more: 0,
} as const;
const pause = { what: "all", name: "", since: 0, until: null, why: "upgrade", by: "ada" } as const;

test("with whom all is well there is no trouble", () => {
  const objective = { rpoMs: 10_000, objectiveMs: 10_000 };
  const services = [wellService(), wellService(objective), wellService({ pause })];
  assert.deepEqual(troublesOf({ clock: wellClock, services, clusters: [wellCluster("west")] }), []);
});

const ofService: [name: string, change: Parameters<typeof wellService>[0], key: string, text: RegExp][] = [
  ["no point", { lastPoint: null, rpoMs: null }, "no-point", /no recovery point yet/],
  [
    "a failed run",
    { lastFailure: { run: "run-1", at: START_MS, cause } },
    "failed",
    /^run-1 failed: west: the agent is away$/,
  ],
  [
    "a missed moment",
    { lastMoment: { ...missed, at: START_MS } },
    "missed",
    /2027-.* was missed: west: the agent/,
  ],
  ["an added data set", { uncovered: ["items"], rpoMs: null }, "uncovered", /does not hold items yet/],
  [
    "the objective missed in a pause",
    { rpoMs: 12_000, objectiveMs: 10_000, pause },
    "objective",
    /^would lose the last 12.0 s, 10.0 s is aimed at: it is paused: upgrade$/,
  ],
  [
    "the objective missed for nothing at all",
    { rpoMs: 12_000, objectiveMs: 10_000 },
    "objective",
    /aimed at: its policy gives no moment$/,
  ],
  ["a policy that cannot be asked", { policyFault: cause }, "policy", /gives no moments: west/],
];

for (const [name, change, kind, text] of ofService) {
  test(`of a service: ${name}`, () => {
    const [one, ...more] = troublesOf({ clock: wellClock, services: [wellService(change)], clusters: [] });
    assert.deepEqual([one?.key, one?.about, more.length], [`service/orders:${kind}`, "service/orders", 0]);
    assert.match(one?.text ?? "", text);
    assert.ok(one?.hint, "it says what to do");
  });
}

test("a missed objective is told since the instant it was missed", () => {
  const [one] = troublesOf({
    clock: wellClock,
    services: [wellService({ rpoMs: 12_000, objectiveMs: 10_000 })],
    clusters: [],
  });
  assert.equal(one?.since, START_MS + 10_000);
});

const ofCluster: [name: string, change: Parameters<typeof wellCluster>[1], key: string, text: RegExp][] = [
  ["no agent", { agent: null, state: "no-agent" }, "no-agent", /has no agent/],
  ["its agent away", { state: "agent-away", connected: false, cause: "gone" }, "agent-away", /gone/],
  ["unreachable", { state: "unreachable", cause: "refused" }, "unreachable", /refused/],
  ["another cluster", { state: "other-cluster" }, "other-cluster", /another cluster/],
  ["in safe mode", { state: "safe-mode" }, "safe-mode", /safe mode/],
  ["no clock read", { clock: null }, "clock-unproven", /not read the shared clock/],
  [
    "a clock that is too uncertain",
    { clock: clockView({ offsetMs: 0, errorMs: 51 }) },
    "clock-unproven",
    /51.0 ms, .* orders allows 50 ms/,
  ],
];

test("a clock source that cannot be read is told once it has been silent for a while", () => {
  const told = (ageMs: number) => {
    const clock = { ...wellClock, failure: "no answer", reading: { offsetMs: 0, errorMs: 1, ageMs } };
    return troublesOf({ clock, services: [], clusters: [] }).map(({ key, text }) => [key, text]);
  };
  assert.deepEqual(told(20_000), []);
  assert.deepEqual(told(40_000), [["clock:unread", "control:1 could not be read for 40 s: no answer"]]);
});

for (const [name, change, kind, text] of ofCluster) {
  test(`of a cluster: ${name}`, () => {
    const seen = troublesOf({
      clock: wellClock,
      services: [wellService()],
      clusters: [wellCluster("west", change)],
    });
    assert.deepEqual(
      seen.map(({ key }) => key),
      [`cluster/west:${kind}`],
    );
    assert.match(seen[0]?.text ?? "", text);
  });
}
