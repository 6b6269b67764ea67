import assert from "node:assert/strict";
import { test } from "node:test";
import { auditCheck } from "@coeval/store/control/audit-check";
import { call, furnish, startFakeControl } from "./testing/fake-control.ts";
import { createFakePair } from "./testing/fake-work.ts";

test("a moment becomes a recovery point, and the next one follows it in the chain", async () => {
  const fake = await startFakeControl();
  const { control, time } = fake;
  const pair = createFakePair(time.process(), { source: "east", target: "west" });
  await furnish(fake, pair);
  const { run } = await control.protect(call, { service: "orders", at: { inMs: 3000 }, label: "first" });
  assert.equal(run.moment, time.nowMs + 3000);
  await time.advance(4000);
  const ended = await control.runs.get(run.id);
  assert.equal(ended.run.phase, "done", JSON.stringify(ended.run.cause));
  assert.deepEqual(pair.effects, [
    "open-holding/target",
    "take-snapshots/source",
    "receive-snapshots/target",
    "send-snapshots/source",
    "verify/target",
    "sign/source",
    "seal/target",
    "release/source",
    "release/target",
  ]);
  const point = await control.points.get(run.point);
  assert.equal(point.moment, run.moment);
  assert.equal(point.label, "first");
  assert.equal(point.grade.kind, "exact");

  const second = await control.protect(call, { service: "orders", at: "earliest", label: null });
  assert.deepEqual(second.run.base, { point: point.id, run: run.id, manifestSha256: "a".repeat(64) });
  assert.deepEqual(second.run.previous, { point: point.id, certificateSha256: point.certificateSha256 });
  assert.deepEqual(second.run.source.identity, { clusterId: "CID-east", namespaceId: "1" });
  await time.advance(5000);
  const { items } = await control.points.list("orders", {});
  assert.deepEqual(
    items.map(({ id }) => id),
    [second.run.point, point.id],
  );
  const status = await control.status();
  assert.equal(status.services[0]?.lastPoint?.id, second.run.point);
  assert.equal(status.services[0]?.rpoMs, time.nowMs - second.run.moment);
  assert.deepEqual((await control.status(["orders"])).services, status.services, "alone as among all");
  assert.deepEqual((await control.status(["none"])).services, []);
  const { items: lines } = await control.runs.logs(run.id, {});
  assert.ok(lines.some(({ text }) => text.startsWith("the moment is exact")));

  const checked = await auditCheck(control.database.db, fake.world.hash);
  assert.equal(checked.broken, null);
  assert.ok(checked.rows > 20);
  await control.stop();
});
