// Protect and apply over the wire: once each, with what they mean shown before.
import assert from "node:assert/strict";
import { test } from "node:test";
import { START_MS } from "./testing/fake-world.ts";
import { fixture, salesDocument } from "./testing/fixture.ts";

async function withSales() {
  const set = await fixture();
  const operator = await set.as("operator");
  const apply = { method: "POST", url: "/api/v1/services", headers: operator } as const;
  await set.api.inject({ ...apply, payload: { services: [salesDocument()] } });
  const protect = { method: "POST", url: "/api/v1/services/sales/protect", headers: operator } as const;
  return { ...set, operator, apply, protect };
}

test("a moment is asked for by instant, from now, or as soon as can be; the run is at Location", async () => {
  const { api, control, protect } = await withSales();
  const bodies = [{ at: "2026-11-21T10:00:05.007Z", label: "before the upgrade" }, { at: "+3s" }, {}];
  for (const payload of bodies) {
    const answer = await api.inject({ ...protect, payload });
    assert.equal(answer.statusCode, 202);
    const { id } = answer.json();
    assert.equal(answer.headers.location, `/api/v1/runs/${id}`);
    const run = await api.inject({ url: `/api/v1/runs/${id}`, headers: protect.headers });
    assert.equal(run.json().id, id);
  }
  assert.deepEqual(control.protectCalls, [
    { service: "sales", at: { instant: START_MS + 5007 }, label: "before the upgrade" },
    { service: "sales", at: { inMs: 3000 }, label: null },
    { service: "sales", at: "earliest", label: null },
  ]);
  for (const at of ["3s", "+3", "yesterday", "2026-13-01T00:00:00Z"])
    assert.equal((await api.inject({ ...protect, payload: { at } })).json().code, "bad-instant");
  assert.equal((await api.inject({ ...protect, payload: { label: "a\nb" } })).statusCode, 400);
});

test("a repeat with the same key gets the same run and makes no other; with another body it is refused", async () => {
  const { api, control, protect, as } = await withSales();
  const headers = { ...protect.headers, "idempotency-key": "once" };
  const first = await api.inject({ ...protect, headers, payload: { at: "+3s" } });
  const again = await api.inject({ ...protect, headers, payload: { at: "+3s" } });
  assert.equal(again.statusCode, 202);
  assert.deepEqual(again.json(), first.json());
  assert.equal(again.headers.location, first.headers.location);
  assert.equal(control.protectCalls.length, 1);
  const other = await api.inject({ ...protect, headers, payload: { at: "+4s" } });
  assert.equal(other.json().code, "idempotency-reused");
  // Another caller's key of the same name is another key.
  const stranger = { ...(await as("operator")), "idempotency-key": "once" };
  const theirs = await api.inject({ ...protect, headers: stranger, payload: { at: "+4s" } });
  assert.notEqual(theirs.json().id, first.json().id);
});

test("two calls with one key at once have one effect", async () => {
  const { api, control, protect } = await withSales();
  const headers = { ...protect.headers, "idempotency-key": "twins" };
  const both = await Promise.all([1, 2].map(() => api.inject({ ...protect, headers, payload: {} })));
  assert.deepEqual(
    both.map((answer) => answer.statusCode),
    [202, 202],
  );
  const rows = await control.database.db.selectFrom("audit").selectAll().execute();
  assert.equal(rows.filter((row) => row.what === "service.protect").length, 1);
  assert.equal(both[0]?.json().id, both[1]?.json().id);
});

test("a key is good for a day, and a secret cannot be asked for again", async () => {
  const { api, control, protect, as, world } = await withSales();
  const headers = { ...protect.headers, "idempotency-key": "daily" };
  await api.inject({ ...protect, headers, payload: {} });
  world.advance(24 * 3600 * 1000);
  await api.inject({ ...protect, headers, payload: {} });
  assert.equal(control.protectCalls.length, 2);
  const admin = { ...(await as("administrator")), "idempotency-key": "secret" };
  const payload = { name: "bob", role: "viewer" };
  const refused = await api.inject({ method: "POST", url: "/api/v1/tokens", headers: admin, payload });
  assert.equal(refused.statusCode, 400);
});

test("an apply shows what it means, and is refused at its place when a finding forbids it", async () => {
  const { api, control, apply } = await withSales();
  control.findings = [
    {
      cluster: "west",
      set: "orders",
      level: "warns",
      code: "root",
      text: "/data/sales can no longer be renamed",
    },
    {
      cluster: "west",
      set: "items",
      level: "blocks",
      code: "not-snapshottable",
      text: "/data/sales/items allows none",
      command: "hdfs dfsadmin -allowSnapshot /data/sales",
    },
    {
      cluster: "east",
      set: null,
      level: "blocks",
      code: "foreign-data",
      text: "/coeval/new holds other data",
    },
  ];
  const payload = { services: [salesDocument(), salesDocument("new", "/data/new")] };
  const dry = (await api.inject({ ...apply, url: "/api/v1/services?dryRun=true", payload })).json();
  assert.equal(dry.blocked, true);
  assert.deepEqual(
    dry.services.map((one: { action: string }) => one.action),
    ["changed", "created"],
  );
  assert.deepEqual(
    dry.services.map((one: { revision: string | null }) => one.revision),
    ["2", null],
  );
  assert.equal(dry.services[0].findings.length, 3);
  const refused = (await api.inject({ ...apply, payload })).json();
  assert.equal(refused.code, "not-snapshottable");
  assert.equal(refused.errors[0].pointer, "#/services/0/spec/dataSets/1/hdfs");
  assert.match(refused.detail, /hdfs dfsadmin -allowSnapshot \/data\/sales/);
  assert.deepEqual(refused.evidence, ["east: /coeval/new holds other data"]);
  assert.equal(control.serviceRecords.size, 1);
});

test("an edit of what somebody else changed meanwhile is refused; ETag and If-Match agree", async () => {
  const { api, apply, operator } = await withSales();
  const got = await api.inject({ url: "/api/v1/services/sales", headers: operator });
  assert.equal(got.headers.etag, '"1"');
  assert.equal(got.json().metadata.revision, "1");
  const edit = { ...salesDocument(), metadata: { name: "sales", revision: "1" } };
  assert.equal((await api.inject({ ...apply, payload: { services: [edit] } })).statusCode, 200);
  const late = await api.inject({ ...apply, payload: { services: [edit] } });
  assert.equal(late.statusCode, 412);
  const removal = { method: "DELETE", url: "/api/v1/services/sales?points=keep" } as const;
  const bad = await api.inject({ ...removal, headers: { ...operator, "if-match": "abc" } });
  assert.equal(bad.json().errors[0].pointer, "#header/if-match");
  const gone = await api.inject({ ...removal, headers: { ...operator, "if-match": '"2"' } });
  assert.equal(gone.statusCode, 204);
});
