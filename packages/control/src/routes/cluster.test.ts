// Clusters over the wire: registered, enrolled by a token that an agent can read, removed with care.
import assert from "node:assert/strict";
import { test } from "node:test";
import { readEnrolmentToken } from "@coeval/contract/api/enrolment-token";
import { fixture } from "./testing/fixture.ts";

const west = {
  apiVersion: "coeval/v1",
  kind: "Cluster",
  metadata: { name: "west" },
  spec: { hdfs: { url: "webhdfs://127.0.0.1:9870", user: "coeval" }, scopes: ["/data"] },
};

test("a cluster is registered, shown with its state, and removed only as it was read", async () => {
  const { api, as } = await fixture();
  const headers = await as("administrator");
  const added = await api.inject({ method: "POST", url: "/api/v1/clusters", headers, payload: west });
  assert.equal(added.statusCode, 201);
  assert.equal(added.headers.location, "/api/v1/clusters/west");
  const got = await api.inject({ url: "/api/v1/clusters/west", headers });
  assert.equal(got.headers.etag, '"1"');
  assert.deepEqual(got.json().spec, west.spec);
  assert.equal(got.json().status.state, "no-agent");
  const removal = { method: "DELETE", url: "/api/v1/clusters/west" } as const;
  const late = await api.inject({ ...removal, headers: { ...headers, "if-match": '"7"' } });
  assert.equal(late.json().code, "edited-meanwhile");
  assert.equal(
    (await api.inject({ ...removal, headers: { ...headers, "if-match": '"1"' } })).statusCode,
    204,
  );
  assert.equal((await api.inject({ url: "/api/v1/clusters/west", headers })).statusCode, 404);
});

test("an enrolment is a token that names the control device, the cluster, the agent and the authority", async () => {
  const { api, as } = await fixture();
  const headers = await as("administrator");
  await api.inject({ method: "POST", url: "/api/v1/clusters", headers, payload: west });
  const answer = await api.inject({
    method: "POST",
    url: "/api/v1/clusters/west/enrolments",
    headers,
    payload: { agent: "west-2" },
  });
  assert.equal(answer.statusCode, 201);
  const { control, cluster, agent, authority } = readEnrolmentToken(answer.json().token);
  assert.deepEqual(
    [control, cluster, agent, authority],
    ["127.0.0.1:7070", "west", "west-2", "a".repeat(64)],
  );
});

test("a check is told with its lines, to whoever may see the cluster", async () => {
  const { api, as } = await fixture();
  const headers = await as("administrator");
  await api.inject({ method: "POST", url: "/api/v1/clusters", headers, payload: west });
  const check = { method: "POST", url: "/api/v1/clusters/west/check" } as const;
  const answer = await api.inject({ ...check, headers: await as("viewer") });
  assert.equal(answer.statusCode, 200);
  const { ok, lines, figures } = answer.json();
  assert.equal(ok, false);
  assert.deepEqual(
    [lines[0].about, lines[0].level, lines[0].code],
    ["reach", "failed", "cluster-unreachable"],
  );
  assert.equal(figures.user, "coeval");
  assert.equal(
    (await api.inject({ ...check, url: "/api/v1/clusters/nowhere/check", headers })).statusCode,
    404,
  );
  assert.equal((await api.inject(check)).statusCode, 401);
});
