// Tokens: shown once, kept hashed, good until they expire or are revoked.
import assert from "node:assert/strict";
import { test } from "node:test";
import { CoevalError } from "@coeval/core/errors";
import { fakeControl } from "../routes/testing/fake-control.ts";
import { fakeWorld } from "../routes/testing/fake-world.ts";
import { CALLS_AT_ONCE_MAX, CALLS_PER_SECOND_MAX, createRateLimit } from "./rate-limit.ts";
import { createTokens } from "./tokens.ts";

async function setUp() {
  const world = fakeWorld();
  const control = await fakeControl(world);
  return { world, control, tokens: createTokens(world, control) };
}

const viewer = { name: "ada", role: "viewer" as const, scopes: ["west:/data"] };

function refusedWith(code: string, why = /./) {
  return (error: unknown) => error instanceof CoevalError && error.code === code && why.test(error.message);
}

test("a token's value is stored nowhere, and proves its holder", async () => {
  const { control, tokens } = await setUp();
  const { token, value } = await tokens.create("test", "administrator", viewer);
  const caller = await tokens.authenticate(value, "10.0.0.9");
  assert.deepEqual(caller, {
    token: token.id,
    name: "ada",
    role: "viewer",
    scopes: ["west:/data"],
    address: "10.0.0.9",
  });
  const secret = value.slice("coeval_".length);
  for (const table of ["tokens", "audit"] as const) {
    const rows = await control.database.db.selectFrom(table).selectAll().execute();
    assert.ok(rows.length > 0 && !JSON.stringify(rows).includes(secret), `${table} holds the value`);
  }
});

test("unknown, forged, expired and revoked values are refused", async () => {
  const { world, tokens } = await setUp();
  await tokens.first();
  const { token, value } = await tokens.create("test", "administrator", { ...viewer, expiresIn: "1h" });
  const flipped = value.slice(0, -1) + (value.endsWith("0") ? "1" : "0");
  for (const bad of ["", "x", flipped, `${value} `, value.toUpperCase(), `coeval_${"0".repeat(64)}`])
    await assert.rejects(tokens.authenticate(bad, ""), refusedWith("not-authenticated", /unknown/));
  world.advance(3_600_000);
  await assert.rejects(tokens.authenticate(value, ""), refusedWith("not-authenticated", /expired/));
  await tokens.revoke("test", token.id);
  await assert.rejects(tokens.authenticate(value, ""), refusedWith("not-authenticated", /revoked/));
  await tokens.revoke("test", token.id);
  await assert.rejects(tokens.revoke("test", "token-none"), refusedWith("not-found"));
});

test("the first token is an administrator's, and is made once", async () => {
  const { tokens } = await setUp();
  const value = await tokens.first();
  assert.equal((await tokens.authenticate(value ?? "", "")).role, "administrator");
  assert.equal(await tokens.first(), null);
});

test("nobody makes a token above their own role, and the last administrator's stays", async () => {
  const { tokens } = await setUp();
  await assert.rejects(
    tokens.create("test", "operator", { ...viewer, role: "approver" }),
    refusedWith("not-allowed"),
  );
  const first = await tokens.create("test", "administrator", { ...viewer, role: "administrator" });
  await assert.rejects(
    tokens.revoke("test", first.token.id),
    refusedWith("not-allowed", /last administrator/),
  );
  await tokens.create("test", "administrator", { ...viewer, role: "administrator" });
  await tokens.revoke("test", first.token.id);
});

test("a caller may call often, not endlessly, and others are not held up", () => {
  const world = fakeWorld();
  const limit = createRateLimit(world.clock);
  for (let call = 0; call < CALLS_AT_ONCE_MAX; call++) assert.equal(limit.take("a"), 0);
  assert.ok(limit.take("a") > 0);
  assert.equal(limit.take("b"), 0);
  world.advance(1000);
  for (let call = 0; call < CALLS_PER_SECOND_MAX; call++) assert.equal(limit.take("a"), 0);
  assert.ok(limit.take("a") > 0);
});
