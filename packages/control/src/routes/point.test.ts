// Recovery points over the wire: shown from their certificate, checked again, and bounded by scopes after their service is gone.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fixture } from "./testing/fixture.ts";
import { samplePoint } from "./testing/sample-point.ts";

async function withPoints() {
  const set = await fixture();
  const first = samplePoint(set.world.hash, "point-1", null);
  const second = samplePoint(set.world.hash, "point-2", first);
  for (const point of [first, second]) set.control.pointsById.set(point.id, point);
  return { ...set, first, second, headers: await set.as("viewer") };
}

test("a point and its certificate are shown, within the caller's scopes", async () => {
  const { api, headers, second, as } = await withPoints();
  const point = (await api.inject({ url: "/api/v1/points/point-2", headers })).json();
  assert.deepEqual([point.moment, point.files, point.previous], ["2026-11-21T10:00:00.000Z", 2, "point-1"]);
  const certificate = await api.inject({ url: "/api/v1/points/point-2/certificate", headers });
  assert.deepEqual(certificate.json(), JSON.parse(JSON.stringify(second.certificate)));
  const outside = await as("viewer", ["west:/data/hr"]);
  for (const path of ["", "/certificate", "/files"])
    assert.equal(
      (await api.inject({ url: `/api/v1/points/point-2${path}`, headers: outside })).statusCode,
      403,
    );
  const list = await api.inject({ url: "/api/v1/services/sales/points", headers: outside });
  assert.deepEqual(list.json().items, []);
});

test("a point is checked on both sides, and what does not hold is told", async () => {
  const { api, headers, control, second } = await withPoints();
  const verify = { method: "POST", url: "/api/v1/points/point-2/verify", headers } as const;
  assert.equal((await api.inject(verify)).json().ok, true);
  control.pointsById.set("point-1", { ...second, id: "point-1" });
  const moved = (await api.inject(verify)).json();
  assert.equal(moved.ok, false);
  assert.match(moved.wrong.join(), /does not follow the certificate/);
  control.pointsById.set("point-2", { ...second, certificateSha256: "0".repeat(64) });
  assert.match((await api.inject(verify)).json().wrong.join(), /its hash differs/);
});
