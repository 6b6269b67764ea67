// Who may do what, over the wire: roles, scopes, revoked tokens, and what the audit log says of refusals.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { AccessRole } from "@coeval/contract/api/access";
import { fixture, salesDocument } from "./testing/fixture.ts";

type Call = readonly [method: "GET" | "POST" | "DELETE", url: string, payload?: object];

const calls: readonly (readonly [needed: AccessRole, ...Call])[] = [
  ["viewer", "GET", "/api/v1/me"],
  ["viewer", "GET", "/api/v1/status"],
  ["viewer", "GET", "/api/v1/services/sales"],
  ["viewer", "POST", "/api/v1/services/sales/check"],
  ["operator", "POST", "/api/v1/services/sales/protect", {}],
  ["operator", "POST", "/api/v1/services?dryRun=true", { services: [salesDocument()] }],
  ["operator", "POST", "/api/v1/runs/run-1/cancel"],
  ["approver", "GET", "/api/v1/audit"],
  ["approver", "GET", "/api/v1/audit/export"],
  ["approver", "POST", "/api/v1/audit/verify"],
  ["approver", "DELETE", "/api/v1/services/sales?points=delete"],
  ["administrator", "GET", "/api/v1/tokens"],
  ["administrator", "POST", "/api/v1/tokens", { name: "bob", role: "viewer" }],
  ["administrator", "POST", "/api/v1/clusters/west/enrolments", {}],
  ["administrator", "DELETE", "/api/v1/clusters/west/agents/west"],
  ["administrator", "DELETE", "/api/v1/clusters/north"],
];
const roles: readonly AccessRole[] = ["viewer", "operator", "approver", "administrator"];

test("each call is open to its role and those above it, and to nobody else", async () => {
  const { api, as } = await fixture();
  const admin = await as("administrator");
  const apply = { method: "POST", url: "/api/v1/services", headers: admin } as const;
  await api.inject({ ...apply, payload: { services: [salesDocument()] } });
  await api.inject({ method: "POST", url: "/api/v1/services/sales/protect", headers: admin, payload: {} });
  for (const [needed, method, url, payload] of calls) {
    const unknown = await api.inject({ method, url, ...(payload ? { payload } : {}) });
    assert.equal(unknown.statusCode, 401, `${method} ${url} without a token`);
    assert.equal(unknown.headers["www-authenticate"], 'Bearer realm="coeval"');
    for (const role of roles) {
      const answer = await api.inject({
        method,
        url,
        headers: await as(role),
        ...(payload ? { payload } : {}),
      });
      const allowed = roles.indexOf(role) >= roles.indexOf(needed);
      assert.equal(
        answer.statusCode === 403,
        !allowed,
        `${role}: ${method} ${url}: ${answer.body.slice(0, 200)}`,
      );
      if (!allowed) assert.match(answer.json().detail, /needs (operator|approver|administrator)$/);
      if (allowed && method === "DELETE" && url.includes("points")) {
        await api.inject({ ...apply, payload: { services: [salesDocument()] } });
      }
    }
  }
});

test("a refused change is audited with who asked for it and from where; a refused look is not", async () => {
  const { api, as } = await fixture();
  const viewer = await as("viewer");
  await api.inject({ method: "POST", url: "/api/v1/services/sales/protect", headers: viewer, payload: {} });
  await api.inject({ url: "/api/v1/audit", headers: viewer });
  const { items } = (await api.inject({ url: "/api/v1/audit", headers: await as("approver") })).json();
  const refused = items.filter((row: { what: string }) => row.what === "call.refused");
  assert.equal(refused.length, 1);
  assert.match(refused[0].who, /^viewer \(token-\w+\) from 127\.0\.0\.1$/);
  assert.equal(refused[0].details.call, "POST /api/v1/services/sales/protect");
});

test("outside their scopes callers neither see nor change anything", async () => {
  const { api, as, control } = await fixture();
  const admin = await as("administrator");
  const services = [salesDocument(), salesDocument("hr", "/data/hr")];
  await api.inject({ method: "POST", url: "/api/v1/services", headers: admin, payload: { services } });
  const sales = await as("operator", ["west:/data/sales", "east:/coeval/sales"]);
  const list = await api.inject({ url: "/api/v1/services", headers: sales });
  assert.deepEqual(
    list.json().items.map((one: { metadata: { name: string } }) => one.metadata.name),
    ["sales"],
  );
  for (const url of ["/api/v1/services/hr", "/api/v1/clusters/north"])
    assert.equal((await api.inject({ url, headers: sales })).statusCode, 403, url);
  const status = (await api.inject({ url: "/api/v1/status", headers: sales })).json();
  assert.deepEqual(
    status.services.map((one: { name: string }) => one.name),
    ["sales"],
  );
  const before = control.changes.length;
  const refused: readonly Call[] = [
    ["POST", "/api/v1/services/hr/protect", {}],
    ["DELETE", "/api/v1/services/hr?points=keep"],
    ["POST", "/api/v1/services", { services: [salesDocument("hr", "/data/hr")] }],
    // Taking a service over by moving it into one's own scopes.
    ["POST", "/api/v1/services", { services: [salesDocument("hr", "/data/sales")] }],
    // All or none: one that is allowed beside one that is not.
    ["POST", "/api/v1/services", { services: [salesDocument(), salesDocument("x", "/other")] }],
  ];
  for (const [method, url, payload] of refused) {
    const answer = await api.inject({ method, url, headers: sales, ...(payload ? { payload } : {}) });
    assert.equal(answer.statusCode, 403, `${method} ${url}`);
    assert.match(answer.json().detail, /lies outside the scopes of token operator/);
  }
  assert.equal(control.changes.length, before);
  // A target on the secondary that is not granted is refused as well.
  const source = await as("operator", ["west:/data"]);
  const answer = await api.inject({
    method: "POST",
    url: "/api/v1/services/sales/protect",
    headers: source,
    payload: {},
  });
  assert.match(answer.json().detail, /^east:\/coeval\/sales lies outside/);
  assert.equal((await api.inject({ url: "/api/v1/events", headers: source })).statusCode, 403);
});

test("a revoked token is worthless at once", async () => {
  const { api, as } = await fixture();
  const admin = await as("administrator");
  const made = await api.inject({
    method: "POST",
    url: "/api/v1/tokens",
    headers: admin,
    payload: { name: "bob", role: "viewer" },
  });
  assert.equal(made.statusCode, 201);
  assert.equal(made.headers["cache-control"], "no-store");
  const bob = { authorization: `Bearer ${made.json().value}` };
  assert.equal((await api.inject({ url: "/api/v1/me", headers: bob })).json().name, "bob");
  const gone = await api.inject({
    method: "DELETE",
    url: `/api/v1/tokens/${made.json().id}`,
    headers: admin,
  });
  assert.equal(gone.statusCode, 204);
  assert.equal((await api.inject({ url: "/api/v1/me", headers: bob })).statusCode, 401);
  const listed = (await api.inject({ url: "/api/v1/tokens", headers: admin })).body;
  assert.ok(!listed.includes(made.json().value));
});
