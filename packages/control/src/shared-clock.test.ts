import assert from "node:assert/strict";
import { test } from "node:test";
import { CoevalError } from "@coeval/core/errors";
import type { OpenTimeSource } from "@coeval/core/ports/time-source";
import { readAudit } from "@coeval/store/control/audit-list";
import { scheduleLast } from "@coeval/store/control/schedule-last";
import { FIRST_LEAD_MS } from "./leads.ts";
import {
  call,
  type FakeControl,
  type FakeOptions,
  furnish,
  START_MS,
  startFakeControl,
} from "./testing/fake-control.ts";
import { createFakePair, type FakePair } from "./testing/fake-work.ts";

const SOURCE = "ntp://time.example";
/** The machine of the control device is this far behind the server. */
const BEHIND_MS = 750;

/** A server that answers at once in fake time; `sayMs` is what it shows. */
function serverOf(state: { fake: FakeControl | null; silent: boolean }): OpenTimeSource {
  return (asked) => ({
    async exchange() {
      if (state.silent || !state.fake) throw new CoevalError("clock-source", "no answer within 2000 ms");
      const elapsed = state.fake.time.nowMs - START_MS;
      return {
        kind: "time",
        server: { asked, address: "10.0.0.5:123", referenceId: "GPS", stratum: 1, utcErrorMs: 1 },
        askedElapsedMs: elapsed,
        answeredElapsedMs: elapsed,
        receivedMs: state.fake.time.nowMs + BEHIND_MS,
        transmittedMs: state.fake.time.nowMs + BEHIND_MS,
        precisionMs: 0.5,
      };
    },
  });
}

async function onServer(options: FakeOptions = { clock: `${SOURCE}:123` }) {
  const state = { fake: null as FakeControl | null, silent: false };
  const openTimeSource = serverOf(state);
  const fake = await startFakeControl({ ...options, openTimeSource });
  state.fake = fake;
  await fake.time.advance(2500);
  return { fake, state, openTimeSource };
}

async function furnished(): Promise<{ fake: FakeControl; pair: FakePair; state: { silent: boolean } }> {
  const { fake, state } = await onServer();
  const pair = createFakePair(fake.time.process(), { source: "east", target: "west" });
  await furnish(fake, pair);
  return { fake, pair, state };
}

const earliest = { service: "orders", at: "earliest", label: null } as const;

test("agents are told the source, and the time as the server shows it, with how wrong that may be", async () => {
  const { fake, pair } = await furnished();
  const [welcome] = pair.source.heard;
  assert.ok(
    welcome?.say === "welcome" && welcome.clockSource === SOURCE,
    "the port that is NTP's own is left out",
  );
  await pair.source.say({ say: "time?", number: 7 });
  await fake.time.settle();
  const told = pair.source.heard.at(-1);
  assert.ok(told?.say === "time" && told.now === fake.time.nowMs + BEHIND_MS);
  assert.ok(told.errorMs >= 0.5 && told.errorMs < 3);
});

test("the moment is an instant on the server's clock: the earliest, so many ms from now, and what is past", async () => {
  const { fake } = await furnished();
  const now = fake.time.nowMs + BEHIND_MS;
  await assert.rejects(fake.control.protect(call, { ...earliest, at: { instant: fake.time.nowMs + 700 } }), {
    code: "moment-past",
    message: /lies 50 ms in the past/,
  });
  const { run } = await fake.control.protect(call, earliest);
  assert.equal(run.moment, Math.ceil(now + FIRST_LEAD_MS));
  const status = await fake.control.status();
  assert.equal(status.now, now);
  assert.deepEqual(status.clock.reading?.offsetMs, -BEHIND_MS);
  assert.equal(status.clock.server?.referenceId, "GPS");
});

test("before the server was read nothing is protected, and the cause is said; deadlines go on", async () => {
  const { fake, state } = await furnished();
  state.silent = true;
  const next = await fake.restart();
  await next.time.advance(3000);
  await assert.rejects(next.control.protect(call, earliest), {
    code: "clock-unproven",
    message: "the control device has not read ntp://time.example yet: no answer within 2000 ms",
  });
  assert.equal(
    (await next.control.status()).now,
    next.time.nowMs,
    "what is shown is the own clock's until then",
  );
});

test("a service that is applied before the server was read is due from then on, by the own clock until the server's is known", async () => {
  const { fake, state } = await furnished();
  state.silent = true;
  const next = await fake.restart();
  const [orders] = await next.control.services.list();
  assert.ok(orders);
  const other = {
    ...orders.service,
    name: "other",
    dataSets: [{ name: "s", component: "hdfs", path: "/data/other/s" }],
    mapping: { source: "/data/other", target: "/backup/other" },
  } as const;
  await next.control.services.apply(call, [{ service: other, ifVersion: null }], { dryRun: false });
  const begun = (await scheduleLast(next.control.database.db)).get("other");
  assert.deepEqual(begun, { last: next.time.nowMs, own: true });
});

test("a server that is silent for long leaves too wide a bound for a small tolerance", async () => {
  const { fake, state, pair } = await furnished();
  state.silent = true;
  for (let s = 0; s < 120; s += 2) {
    await fake.time.advance(2000);
    for (const agent of [pair.source, pair.target]) await agent.tell();
  }
  await fake.time.settle();
  await assert.rejects(fake.control.protect(call, earliest), {
    code: "clock-unproven",
    message:
      /control device's error against ntp:\/\/time\.example is up to 6\d\.\d ms, the tolerance of orders allows 50 ms; no answer/,
  });
});

test("an agent whose source is 2 s off is found out, with the figures, on its cluster and at protect", async () => {
  const { fake, pair } = await furnished();
  const server = {
    asked: "ntp://wrong",
    address: "10.0.0.9:123",
    referenceId: "C0000201",
    stratum: 3,
    utcErrorMs: 1,
  };
  await pair.source.tell({ server, apart: { offsetMs: 2000.5, errorMs: 0.8 } });
  await fake.time.settle();
  const view = await fake.control.clusters.get("east");
  assert.equal(view.state, "clock-off");
  assert.equal(
    view.cause,
    "ntp://time.example as the agent reads it (10.0.0.9:123, stratum 3, following C0000201) is 2000.500 ms ± 0.800 ms ahead of ours, more than 100 ms",
  );
  await assert.rejects(fake.control.protect(call, earliest), {
    code: "clock-off",
    message: /^east: .* 2000\.500 ms ± 0\.800 ms ahead of ours, the tolerance of orders allows 50 ms$/,
  });
  assert.deepEqual(pair.effects, []);
  // Between the service's tolerance and what no cluster may be off by.
  await pair.source.tell({ apart: { offsetMs: -60, errorMs: 5 } });
  await fake.time.settle();
  assert.equal((await fake.control.clusters.get("east")).state, "ok");
  await assert.rejects(fake.control.protect(call, earliest), {
    code: "clock-off",
    message: /60\.000 ms .* behind ours/,
  });
  // Not surely off: a slow link bounds little, and proves nothing against the agent.
  await pair.source.tell({ apart: { offsetMs: -60, errorMs: 15 } });
  await fake.time.settle();
  await fake.control.protect(call, earliest);
});

test("the source is kept in the settings, and its change is in the audit record", async () => {
  const { fake, openTimeSource } = await onServer();
  assert.equal(fake.control.clock.source, SOURCE);
  const kept = await fake.restart({ openTimeSource });
  assert.equal(kept.control.clock.source, SOURCE);
  const own = await kept.restart({ openTimeSource, clock: "control" });
  assert.equal(own.control.clock.source, `control:${own.control.id}`);
  const rows = await readAudit(own.control.database.db, 0, 100);
  const changes = rows
    .filter(({ what }) => what === "clock.change")
    .map(({ details }) => JSON.parse(details) as unknown);
  assert.deepEqual(changes, [
    { from: "control", to: SOURCE },
    { from: SOURCE, to: "control" },
  ]);
});

test("what is no clock source is refused", async () => {
  for (const clock of [
    "ntp://",
    "time.example",
    "ntp://a/b",
    "ntp://a:0",
    "ntp://a:70000",
    "http://a",
    "ntp://a b",
  ])
    await assert.rejects(startFakeControl({ clock }), {
      code: "bad-input",
      message: /is no clock source: write ntp:/,
    });
});
