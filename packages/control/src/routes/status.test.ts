// What is not as it should be, for people and for monitors; and another try for what failed.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fixture, salesDocument } from "./testing/fixture.ts";
import { sampleRun } from "./testing/sample-run.ts";

async function withService() {
  const { api, control, as } = await fixture();
  const operator = await as("operator");
  const applied = await api.inject({
    method: "POST",
    url: "/api/v1/services",
    headers: operator,
    payload: { services: [salesDocument()] },
  });
  assert.equal(applied.statusCode, 200, applied.body);
  return { api, control, as, operator };
}

test("the status names each trouble by a key that stays", async () => {
  const { api, as } = await withService();
  const seen = await api.inject({ url: "/api/v1/status", headers: await as("viewer") });
  const { safe, troubles } = seen.json<{ safe: boolean; troubles: { key: string }[] }>();
  assert.deepEqual([safe, troubles.map(({ key }) => key)], [false, ["service/sales:no-point"]]);
});

test("metrics ask for a token, come as text, and show only what its scopes reach", async () => {
  const { api, as } = await withService();
  assert.equal((await api.inject({ url: "/metrics" })).statusCode, 401);
  const seen = await api.inject({ url: "/metrics", headers: await as("viewer") });
  assert.equal(seen.statusCode, 200);
  assert.match(String(seen.headers["content-type"]), /^text\/plain; version=0\.0\.4/);
  assert.match(seen.body, /^coeval_points\{service="sales"\} 0$/m);
  const narrow = await api.inject({ url: "/metrics", headers: await as("viewer", ["north:/other"]) });
  assert.doesNotMatch(narrow.body, /sales/);
});

test("a run that failed is tried again as its service is now; any other is refused", async () => {
  const { api, control, operator } = await withService();
  const service = control.serviceRecords.get("sales")?.service;
  assert.ok(service);
  const cause = { code: "agent-lost", message: "gone", evidence: [] } as const;
  control.runRecords.set("run-x", sampleRun("run-x", service, "nightly", { phase: "failed", cause }));
  control.runRecords.set("run-y", sampleRun("run-y", service, null));
  const again = await api.inject({ method: "POST", url: "/api/v1/runs/run-x/retry", headers: operator });
  assert.equal(again.statusCode, 202, again.body);
  assert.equal(again.headers.location, "/api/v1/runs/run-1");
  assert.deepEqual(control.protectCalls, [{ service: "sales", at: "earliest", label: "nightly" }]);
  const refused = await api.inject({ method: "POST", url: "/api/v1/runs/run-y/retry", headers: operator });
  assert.deepEqual([refused.statusCode, refused.json<{ code: string }>().code], [409, "run-not-failed"]);
});
