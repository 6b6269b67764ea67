import assert from "node:assert/strict";
import { test } from "node:test";
import type { Service } from "@coeval/core/model/service";
import { call, furnish, serviceBetween, startFakeControl } from "../testing/fake-control.ts";
import { createFakePair } from "../testing/fake-work.ts";

const base = serviceBetween("east", "west");

async function furnished() {
  const fake = await startFakeControl();
  const pair = createFakePair(fake.time.process(), { source: "east", target: "west" });
  await furnish(fake, pair);
  return { ...fake, pair };
}

test("a first run is estimated by what the pair's last runs took, and by what is assumed before any", async () => {
  const fake = await furnished();
  const { control, time, pair } = fake;
  const size = { set: "events", files: 4000, directories: 10, bytes: 1e9, spaceBytes: 3e9 };
  const measuredNow = async (service: Service) => {
    const checking = control.services.examine(service, { measure: true });
    await time.settle();
    for (const [agent, sizes] of [
      [pair.source, [size]],
      [pair.target, []],
    ] as const) {
      const asked = agent.heard.at(-1);
      assert.ok(asked?.say === "examine" && asked.measure);
      if (agent === pair.source) assert.deepEqual(asked.filters, service.policy.filters);
      const room = { capacityBytes: 1e13, remainingBytes: 1e12, dataNodes: 5 };
      const answer = { findings: [], sizes: [...sizes], blockSizeBytes: 1e6, failure: null };
      await agent.say({
        say: "findings",
        number: asked.number,
        ...answer,
        room: agent === pair.target ? room : null,
      });
    }
    return checking;
  };
  const first = await measuredNow(base);
  assert.deepEqual(first.findings, []);
  const { copies, rate, freeBytes } = first.estimate ?? {};
  assert.deepEqual([copies?.files, copies?.neededBytes, freeBytes, rate?.from], [4000, 3e9, 1e12, "assumed"]);

  const { run } = await control.protect(call, { service: "orders", at: "earliest", label: null });
  await time.advance(5000);
  assert.equal((await control.runs.get(run.id)).run.phase, "done");
  const filters = { include: [], exclude: ["tmp/"] };
  const held = await measuredNow({ ...base, policy: { ...base.policy, filters } });
  assert.deepEqual(held.estimate?.copies.sets, [], "the point holds the data set already");
  assert.equal(held.estimate?.rate.from, "assumed", "one file of five bytes tells nothing of the link");
  await control.write(async ({ trx }) => {
    const { state } = await trx
      .selectFrom("runs")
      .select("state")
      .where("id", "=", run.id)
      .executeTakeFirstOrThrow();
    const done = JSON.parse(state);
    done.received.moved = { ...done.received.moved, files: 800, bytes: 0 };
    const endedAt = done.moment + 40_000;
    await trx
      .updateTable("runs")
      .set({ state: JSON.stringify(done), endedAt })
      .where("id", "=", run.id)
      .execute();
  });
  const second = await measuredNow({ ...base, name: "orders-too" });
  assert.deepEqual(
    [second.estimate?.rate.from, second.estimate?.rate.runs, second.estimate?.rate.filesPerSecond],
    ["measured", 1, 20],
  );
});

test("a tolerance below the clock's error is told by the check, with the figures", async () => {
  const fake = await furnished();
  const strict: Service = {
    ...base,
    policy: { ...base.policy, tolerance: { ...base.policy.tolerance, windowMs: 1 } },
  };
  const checking = fake.control.services.examine(strict, { measure: false });
  await fake.time.settle();
  for (const agent of [fake.pair.source, fake.pair.target]) {
    const asked = agent.heard.at(-1);
    assert.ok(asked?.say === "examine");
    const nothing = { findings: [], sizes: [], blockSizeBytes: null, room: null, failure: null };
    await agent.say({ say: "findings", number: asked.number, ...nothing });
  }
  const { findings, blocked } = await checking;
  assert.equal(blocked, false);
  assert.deepEqual(
    findings.map(({ cluster, level, code }) => [cluster, level, code]),
    [
      ["east", "warns", "clock-unproven"],
      ["west", "warns", "clock-unproven"],
    ],
  );
  assert.match(
    findings[0]?.text ?? "",
    /the agent's clock error is up to 1\.0 ms, the tolerance of orders allows 0\.5 ms/,
  );
});
