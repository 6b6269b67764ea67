// Small languages of the API: durations, pointers, scopes, near misses, enrolment tokens, problems.
import assert from "node:assert/strict";
import { test } from "node:test";
import { CoevalError, errors } from "@coeval/core/errors";
import { accessRole, covers, includes, namesCluster, scopeText } from "./access.ts";
import { formatBandwidth, parseBandwidth } from "./bandwidth.ts";
import { formatDuration, parseDuration } from "./duration.ts";
import { readEnrolmentToken, writeEnrolmentToken } from "./enrolment-token.ts";
import { explanationOf } from "./explanation.ts";
import { momentText } from "./fields.ts";
import { nearMiss } from "./near-miss.ts";
import { pathOf, pointerOf, readablePath } from "./pointer.ts";
import { InputError, problemOf, problemSchema } from "./problem.ts";
import { createToken } from "./token.ts";

test("durations are read in one unit and written back in the largest that fits", () => {
  const read = {
    "500ms": 500,
    "2s": 2000,
    "1.5m": 90_000,
    "24h": 86_400_000,
    "7d": 604_800_000,
    "0.25s": 250,
  };
  for (const [text, ms] of Object.entries(read)) {
    assert.equal(parseDuration(text), ms);
    assert.equal(parseDuration(formatDuration(ms)), ms);
  }
  for (const text of ["", "5", "s", "-1s", "1 s", "1e3s", "0.5ms", "1h30m", "9".repeat(13) + "s"])
    assert.equal(parseDuration(text), null, text);
});

test("bandwidths are read in bytes or bits and written back in bytes", () => {
  const read = {
    "50MB/s": 50_000_000,
    "400Mbit/s": 50_000_000,
    "1.5GB/s": 1_500_000_000,
    "16384B/s": 16_384,
    "8MiB/s": 8_388_608,
    "8388609B/s": 8_388_609,
  };
  for (const [text, bytes] of Object.entries(read)) {
    assert.equal(parseBandwidth(text), bytes);
    assert.equal(parseBandwidth(formatBandwidth(bytes)), bytes);
  }
  for (const text of [
    "",
    "50",
    "50MB",
    "50mb/s",
    "-1MB/s",
    "1bit/s",
    "50 MB/s",
    "1e3B/s",
    "50kiB/s",
    "50Mi/s",
  ])
    assert.equal(parseBandwidth(text), null, text);
});

test("a moment is an instant or a time from now", () => {
  for (const text of ["+3s", "+500ms", "2026-11-21T10:31:41.007Z", "2026-11-21T10:31:41+01:00"])
    assert.ok(momentText.safeParse(text).success, text);
  for (const text of ["now", "3s", "+", "+soon", "2026-02-30T00:00:00Z", "2026-11-21 10:31", "1795255200000"])
    assert.ok(!momentText.safeParse(text).success, text);
});

test("pointers survive names with slashes and tildes, and read as people write places", () => {
  const path = ["spec", "a/b~c", 3, ""];
  assert.equal(pointerOf(path), "#/spec/a~1b~0c/3/");
  assert.deepEqual(pathOf(pointerOf(path)), path);
  assert.deepEqual(pathOf("#"), []);
  assert.deepEqual(pathOf("/spec/dataSets/0"), ["spec", "dataSets", 0]);
  assert.equal(readablePath(["spec", "dataSets", 0, "hdfs"]), "spec.dataSets[0].hdfs");
});

test("a scope covers its directory and all below it, on its cluster", () => {
  assert.ok(covers(["west:/data"], "west", "/data/sales"));
  assert.ok(covers(["west:/data/"], "west", "/data"));
  assert.ok(covers(["*:/"], "anything", "/x"));
  assert.ok(!covers(["west:/data"], "west", "/database"));
  assert.ok(!covers(["west:/data"], "east", "/data"));
  assert.ok(!covers([], "west", "/data"));
  assert.ok(namesCluster(["west:/data"], "west") && !namesCluster(["west:/data"], "east"));
  for (const scope of ["west", "west:", "west:data", ":/", "WEST:/x", "west:/a/../b", "*:/.reserved"])
    assert.ok(!scopeText.safeParse(scope).success, scope);
});

test("each role includes those before it", () => {
  const { options } = accessRole;
  assert.deepEqual(
    options.map((role) => options.filter((needed) => includes(role, needed)).length),
    [1, 2, 3, 4],
  );
});

test("near misses are near", () => {
  const words = ["window", "beyond", "openFiles"];
  assert.equal(nearMiss("windw", words), "window");
  assert.equal(nearMiss("wnidow", words), "window");
  assert.equal(nearMiss("openfiles", words), "openFiles");
  assert.equal(nearMiss("retention", words), null);
  assert.equal(nearMiss("ab", ["cd"]), null);
});

test("an enrolment token reads back, and one that does not is refused without showing it", () => {
  const token = {
    control: "10.0.0.5:7070",
    cluster: "west",
    agent: "west-1",
    expiresAt: 1_795_258_800_000,
    authority: "a1".repeat(32),
    secret: "0123456789abcdefSECRET",
  };
  const text = writeEnrolmentToken(token);
  assert.deepEqual(readEnrolmentToken(`${text}\n`), token);
  assert.equal(
    readEnrolmentToken(writeEnrolmentToken({ ...token, control: "[::1]:7070" })).control,
    "[::1]:7070",
  );
  for (const bad of [
    "",
    text.slice(0, -20),
    text.replace("west-1", "West"),
    text.replace("coeval-enrol", "http"),
    `${text} x`,
  ])
    assert.throws(
      () => readEnrolmentToken(bad),
      (error: unknown) =>
        error instanceof CoevalError && error.code === "bad-input" && !error.message.includes("SECRET"),
    );
});

test("every code of the catalogue becomes a problem that the schema takes", () => {
  for (const code of Object.keys(errors) as (keyof typeof errors)[]) {
    const problem = problemOf(new CoevalError(code, "why", { pointer: "/spec", evidence: ["/a"] }));
    assert.deepEqual(problemSchema.parse(problem), problem);
    assert.equal(problem.type, `/errors/${code}`);
    assert.equal(problem.errors?.[0]?.pointer, "#/spec");
    assert.equal(explanationOf(code)?.status, problem.status);
  }
  assert.equal(explanationOf("toString"), null);
});

test("wrong input names every field, of the query as well", () => {
  const wrong = [
    { path: ["limit"], code: "bad-input", detail: "must be a number" },
    { path: ["cursor"], code: "too-large", detail: "is too long" },
  ] as const;
  const problem = problemOf(new InputError(wrong, "query"));
  assert.equal(problem.detail, "limit: must be a number (and 1 more)");
  assert.deepEqual(
    problem.errors?.map(({ pointer }) => pointer),
    ["#query/limit", "#query/cursor"],
  );
});

test("a token's name can pass for nothing else in the audit log, and its scopes default to everything", () => {
  assert.deepEqual(createToken.parse({ name: "ada", role: "viewer" }).scopes, ["*:/"]);
  for (const name of ["", "a b", "ada (token-1) from 10.0.0.1", "a\n", "a@10.0.0.1", "x".repeat(65)])
    assert.ok(!createToken.safeParse({ name, role: "viewer" }).success, name);
});
