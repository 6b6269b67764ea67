// The committed description of the API is the one that is served.
import assert from "node:assert/strict";
import { test } from "node:test";
import committed from "@coeval/contract/openapi.json" with { type: "json" };
import { describeApi } from "./describe-api.ts";
import { fixture } from "./testing/fixture.ts";

test("packages/contract/openapi.json equals what the routes describe and the control device serves", async () => {
  const described: unknown = JSON.parse(await describeApi());
  assert.deepEqual(committed, described, "stale: node scripts/house/write.ts");
  const { api } = await fixture();
  const served: unknown = (await api.inject({ url: "/api/v1/openapi.json" })).json();
  assert.deepEqual(served, described);
});

test("it is OpenAPI 3.1, and every operation tells its problems", () => {
  assert.match(committed.openapi, /^3\.1\./);
  const operations = Object.values(committed.paths).flatMap((path) => Object.values(path));
  assert.ok(operations.length > 25);
  for (const { responses } of operations) assert.ok("default" in responses);
});
