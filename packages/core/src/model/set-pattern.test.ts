import assert from "node:assert/strict";
import { test } from "node:test";
import { fakeHash } from "../testing/fake-hash.ts";
import { NAME_PATTERN } from "./cluster.ts";
import { checkSetPattern, fixedPrefix, mayNest, namedWithin } from "./set-pattern.ts";

const pattern = (path: string) => ({ name: "tenants", path, onUncovered: "refuse" as const });

test("everything that a pattern means lies below its fixed prefix", () => {
  for (const [path, prefix] of [
    ["/data/tenants/*", "/data/tenants"],
    ["/data/*/logs", "/data"],
    ["/data/a\\*/t?", "/data/a*"],
    ["/*", "/"],
  ] as const)
    assert.equal(fixedPrefix(path), prefix);
});

test("a pattern says what becomes of what it cannot take, and nothing else does", () => {
  checkSetPattern(pattern("/data/tenants/*"));
  checkSetPattern({ path: "/data/plain" });
  assert.throws(() => checkSetPattern({ path: "/data/*" }), {
    code: "bad-input",
    message: /onUncovered: refuse, or mark/,
  });
  assert.throws(() => checkSetPattern(pattern("/data/plain")), { message: /is no pattern/ });
  assert.throws(() => checkSetPattern(pattern("/data/**/x")), { message: /write a '\*' for each directory/ });
  assert.throws(() => checkSetPattern(pattern("/data/{a,b}/*")), { message: /one pattern for each/ });
});

test("a directory's name is the same for ever, fits, and differs from every other's", () => {
  const name = (path: string) => namedWithin(pattern("/data/tenants/*"), path, fakeHash);
  assert.equal(name("/data/tenants/acme"), "tenants-acme");
  const odd = [
    "ACME",
    "acme.",
    "a b",
    "ä",
    "日本",
    "a_b",
    "a-",
    "x".repeat(60),
    "x".repeat(200),
    `${"x".repeat(199)}y`,
  ];
  const names = ["acme", ...odd].map((each) => name(`/data/tenants/${each}`));
  assert.equal(new Set(names).size, names.length);
  for (const one of names) assert.match(one, NAME_PATTERN);
  assert.deepEqual(
    names,
    ["acme", ...odd].map((each) => name(`/data/tenants/${each}`)),
  );
  assert.notEqual(
    namedWithin(pattern("/data/*/*"), "/data/a/b-c", fakeHash),
    namedWithin(pattern("/data/*/*"), "/data/a-b/c", fakeHash),
  );
});

test("patterns that could mean directories within one another are found, others are not", () => {
  const nest = (a: string, b: string, plain = false) => mayNest(pattern(a), plain ? { path: b } : pattern(b));
  assert.ok(
    nest("/data/*", "/data/acme", true) &&
      nest("/data/*", "/data/acme/x", true) &&
      nest("/data/*/x", "/data/y", true),
  );
  assert.ok(!nest("/data/*", "/other/acme", true) && !nest("/data/a*", "/data/b", true));
  assert.ok(nest("/data/a*", "/data/*z") && nest("/data/*", "/data/*/x") && !nest("/data/a*", "/data/b*"));
  assert.ok(!nest("/data/\\*", "/data/acme", true) && nest("/data/\\*", "/data/*", true));
});
