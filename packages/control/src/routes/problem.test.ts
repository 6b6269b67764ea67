// Whatever is wrong with a call is answered by a problem document that says where and what to do.
import assert from "node:assert/strict";
import { test } from "node:test";
import { PROBLEM_TYPE, problemSchema } from "@coeval/contract/api/problem";
import { CoevalError } from "@coeval/core/errors";
import { CALLS_AT_ONCE_MAX } from "../auth/rate-limit.ts";
import { fixture, salesDocument } from "./testing/fixture.ts";

test("a method that an address does not take answers 405 with those it does", async () => {
  const { api } = await fixture();
  const answer = await api.inject({ method: "PATCH", url: "/api/v1/services/sales" });
  assert.equal(answer.statusCode, 405);
  assert.equal(answer.headers.allow, "GET, HEAD, DELETE");
  assert.equal(problemSchema.parse(answer.json()).code, "wrong-method");
  assert.equal((await api.inject({ method: "POST", url: "/livez" })).headers.allow, "GET, HEAD");
});

test("unknown addresses, bad JSON, other media types and bodies too large are told apart", async () => {
  const { api, as } = await fixture();
  const headers = { ...(await as("administrator")), "content-type": "application/json" };
  const post = { method: "POST", url: "/api/v1/services", headers } as const;
  const sent = [
    [404, "not-found", { url: "/api/v2/services", headers }],
    [400, "bad-input", { ...post, payload: "{" }],
    [400, "bad-input", { ...post, payload: '{"__proto__": {"x": 1}, "services": []}' }],
    [400, "bad-input", { ...post, payload: "" }],
    [
      415,
      "wrong-media-type",
      { ...post, headers: { ...headers, "content-type": "text/plain" }, payload: "x" },
    ],
    [413, "too-large", { ...post, payload: `"${"x".repeat(4 * 1024 * 1024)}"` }],
    [400, "bad-input", { ...post, payload: "null" }],
    [400, "bad-input", { url: "/api/v1/runs?limit=0", headers }],
    [
      400,
      "bad-input",
      { method: "DELETE", url: "/api/v1/services/sales", headers: await as("administrator") },
    ],
  ] as const;
  for (const [status, code, call] of sent) {
    const answer = await api.inject(call);
    assert.equal(answer.statusCode, status, `${code}: ${answer.body}`);
    assert.equal(answer.headers["content-type"], PROBLEM_TYPE);
    const problem = problemSchema.parse(answer.json());
    assert.equal(problem.code, code);
    assert.equal(problem.type, `/errors/${code}`);
    assert.ok(problem.hint.length > 0);
  }
});

test("every wrong field of a body is named by its pointer", async () => {
  const { api, as } = await fixture();
  const good = salesDocument();
  const bad = { ...salesDocument("Bad"), spc: {} };
  const answer = await api.inject({
    method: "POST",
    url: "/api/v1/services",
    headers: await as("operator"),
    payload: { services: [good, bad] },
  });
  const { errors } = problemSchema.parse(answer.json());
  assert.deepEqual(
    errors?.map(({ pointer }) => pointer),
    ["#/services/1/metadata/name", "#/services/1/spc"],
  );
});

test("the domain's refusals keep their code, pointer and evidence; a defect shows nothing of itself", async () => {
  const { api, as, control, world } = await fixture();
  const headers = await as("administrator");
  control.clusters.list = () =>
    Promise.reject(
      new CoevalError("conflict", "what differs", { pointer: "/spec/x", evidence: ["/a", "/b"] }),
    );
  const refused = problemSchema.parse((await api.inject({ url: "/api/v1/clusters", headers })).json());
  assert.deepEqual(
    [refused.status, refused.code, refused.errors?.[0]?.pointer, refused.evidence],
    [409, "conflict", "#/spec/x", ["/a", "/b"]],
  );
  for (const thrown of [
    new TypeError("the password is 1234"),
    new CoevalError("defect", "the password is 1234"),
  ]) {
    control.clusters.list = () => Promise.reject(thrown);
    const answer = await api.inject({ url: "/api/v1/clusters", headers });
    assert.equal(answer.statusCode, 500);
    assert.ok(!answer.body.includes("1234"));
  }
  assert.equal(world.logged.filter((line) => line.includes("api.defect") && line.includes("1234")).length, 2);
});

test("too many calls from one address are told when to come back", async () => {
  const { api, as, world } = await fixture();
  const headers = await as("viewer");
  for (let call = 0; call < CALLS_AT_ONCE_MAX; call++) await api.inject({ url: "/api/v1/me", headers });
  const answer = await api.inject({ url: "/api/v1/me", headers });
  assert.equal(answer.statusCode, 429);
  assert.equal(answer.headers["retry-after"], "1");
  assert.equal((await api.inject({ url: "/livez" })).statusCode, 200);
  world.advance(1000);
  assert.equal((await api.inject({ url: "/api/v1/me", headers })).statusCode, 200);
});

test("a code is explained at its type's address; health needs no token", async () => {
  const { api } = await fixture();
  const answer = await api.inject({ url: "/errors/run-active" });
  assert.equal(answer.json().status, 409);
  assert.equal((await api.inject({ url: "/errors/nonsense" })).statusCode, 404);
  for (const url of ["/livez", "/readyz"])
    assert.deepEqual((await api.inject({ url })).json(), { status: "ok" });
});
