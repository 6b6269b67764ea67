// The control device by itself: policies are answered, each moment of each has exactly one fate, whatever dies or is away.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { MomentRule } from "@coeval/core/model/policy";
import type { StoredMoment } from "@coeval/store/control/moment-row";
import { call, type FakeControl, START_MS } from "./testing/fake-control.ts";
import { byPolicy, edit, pass } from "./testing/by-policy.ts";

const EVERY_MS = 10_000;
const every: MomentRule = { kind: "every", everyMs: EVERY_MS, anchor: null };
async function fates(fake: FakeControl): Promise<StoredMoment[]> {
  const { items } = await fake.control.moments.list("orders", {});
  return items.toReversed();
}

/** Every instant of the rule after `after`, up to `until`. */
function instants(after: number, until: number): number[] {
  const all: number[] = [];
  for (let at = (Math.floor(after / EVERY_MS) + 1) * EVERY_MS; at <= until; at += EVERY_MS) all.push(at);
  return all;
}

test("each moment of a policy is taken at its instant, by one run, again and again", async () => {
  const { fake, pair } = await byPolicy([every]);
  await pass(fake, pair, 45_000);
  const wanted = instants(START_MS, START_MS + 40_000);
  const seen = await fates(fake);
  assert.deepEqual(
    seen.slice(0, 4).map(({ moment, fate }) => [moment, fate]),
    wanted.map((moment) => [moment, "run"]),
  );
  const { items: points } = await fake.control.points.list("orders", {});
  assert.deepEqual(
    points.map(({ moment }) => moment).toReversed(),
    wanted,
    "the instant entered is the moment",
  );
  const { items: runs } = await fake.control.runs.list({});
  assert.ok(runs.every(({ run }) => run.requestedBy === "policy"));
});

test("a moment that comes while an agent is away is told as missed, with the cause; the next one is taken", async () => {
  const { fake, pair } = await byPolicy([every]);
  pair.target.drop();
  await pass(fake, pair, 25_000);
  await pair.target.connect(fake.network);
  await pass(fake, pair, 20_000);
  const seen = await fates(fake);
  assert.deepEqual(
    seen.slice(0, 4).map(({ fate }) => fate),
    ["missed", "missed", "run", "run"],
  );
  assert.equal(seen[0]?.cause?.code, "agent-away");
  assert.match(seen[0]?.cause?.message ?? "", /^west: the agent west is away/);
});

test("a moment that comes while a run goes on is missed for it, and the run keeps its own policy", async () => {
  const { fake, pair } = await byPolicy([every]);
  await fake.control.protect(call, { service: "orders", at: { inMs: 30_000 }, label: null });
  await pass(fake, pair, 28_000);
  assert.deepEqual(
    (await fates(fake)).map(({ fate, cause }) => [fate, cause?.code]),
    [
      ["missed", "run-active"],
      ["missed", "run-active"],
    ],
  );
});

test("what was due while the control device was down is missed, named one by one, and never taken later", async () => {
  const { fake, pair } = await byPolicy([every]);
  await pass(fake, pair, 15_000);
  pair.source.drop();
  pair.target.drop();
  const later = await restartAfter(fake, 30_000);
  await pair.source.connect(later.network);
  await pair.target.connect(later.network);
  await pass(later, pair, 15_000);
  const seen = await fates(later);
  const wanted = instants(START_MS, START_MS + 60_000);
  assert.deepEqual(seen.map(({ moment }) => moment).slice(0, wanted.length), wanted, "each once, in order");
  const missed = seen.filter(({ fate }) => fate === "missed");
  assert.ok(missed.length >= 3, `${missed.length} were missed`);
  assert.ok(missed.every(({ cause }) => cause?.code === "moment-unarmed"));
  assert.equal(seen[5]?.fate, "run", "and the moments after are taken again");
});

async function restartAfter(fake: FakeControl, downMs: number): Promise<FakeControl> {
  const next = fake.restart;
  await fake.control.stop();
  await fake.time.advance(downMs);
  return next();
}

test("paused moments are told as paused, with the reason; after the end they are taken", async () => {
  const { fake, pair } = await byPolicy([every]);
  await fake.control.pauses.pause(call, {
    what: "cluster",
    name: "west",
    until: null,
    why: "upgrade of west",
  });
  await pass(fake, pair, 25_000);
  assert.deepEqual(
    (await fake.control.pauses.list()).map(({ name, by }) => [name, by]),
    [["west", "token:test"]],
  );
  await fake.control.pauses.resume(call, { what: "cluster", name: "west" });
  await pass(fake, pair, 20_000);
  const seen = await fates(fake);
  assert.deepEqual(
    seen.slice(0, 4).map(({ fate }) => fate),
    ["paused", "paused", "run", "run"],
  );
  assert.match(seen[0]?.cause?.message ?? "", /cluster west is paused until it is resumed: upgrade of west/);
});

test("an edit moves the moments from now on; what lay before its first was never due", async () => {
  const { fake, pair } = await byPolicy([]);
  await pass(fake, pair, 60_000);
  assert.deepEqual(await fates(fake), [], "only by hand");
  await edit(fake, [{ kind: "every", everyMs: EVERY_MS, anchor: START_MS + 3000 }]);
  await pass(fake, pair, 25_000);
  const seen = await fates(fake);
  assert.deepEqual(
    seen.slice(0, 2).map(({ moment, fate }) => [moment - START_MS, fate]),
    [
      [63_000, "run"],
      [73_000, "run"],
    ],
  );
});

test("killed at any of its writes, each moment has one fate, and no run is doubled", async () => {
  let deaths = 0;
  for (const when of ["before", "after"] as const) {
    for (let write = 1; write <= 24; write += 2) {
      const { fake, pair } = await byPolicy([every]);
      fake.dieAt(write, when);
      await pass(fake, pair, 24_000);
      if (!fake.dead) continue;
      deaths++;
      const next = await fake.restart();
      await pair.source.connect(next.network);
      await pair.target.connect(next.network);
      await pass(next, pair, 30_000);
      const about = `write ${write}, ${when}`;
      const seen = (await fates(next)).map(({ moment }) => moment);
      assert.deepEqual(
        seen,
        [...new Set(seen)].sort((a, b) => a - b),
        `${about}: each once, in order`,
      );
      const [first = 0, last = 0] = [seen[0], seen.at(-1)];
      assert.deepEqual(seen, instants(first - 1, last), `${about}: none is left out`);
      assert.equal(first, instants(START_MS, START_MS + EVERY_MS)[0], about);
      const { items: runs } = await next.control.runs.list({});
      const moments = runs.map(({ run }) => run.moment);
      assert.equal(new Set(moments).size, moments.length, `${about}: a moment has two runs`);
    }
  }
  assert.ok(deaths > 15, `${deaths} deaths`);
});
