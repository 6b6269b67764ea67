import assert from "node:assert/strict";
import { test } from "node:test";
import { checkPath, isWithin, joinPath, MAX_PATH_BYTES, parentPath, relativeTo } from "./path.ts";

const REFUSED: readonly (readonly [path: string, why: RegExp])[] = [
  ["", /is not absolute/],
  ["data", /is not absolute/],
  ["hdfs://nn/data", /is not absolute/],
  ["/", /root of the file system/],
  ["/data/..", /contains '\.\.'/],
  ["/../etc", /contains '\.\.'/],
  ["/data/./x", /contains '\.'/],
  ["/data//x", /contains '\/\/'/],
  ["//data", /contains '\/\/'/],
  ["/data//", /contains '\/\/'/],
  ["/data/.snapshot", /'\.snapshot', which HDFS reserves/],
  ["/data/.snapshot/s1/x", /'\.snapshot', which HDFS reserves/],
  ["/.reserved", /'\/\.reserved', which HDFS reserves/],
  ["/.reserved/.inodes/16385", /'\/\.reserved', which HDFS reserves/],
  ["/data/a\u0000b", /control character/],
  ["/data/a\nb", /control character/],
  ["/data/a\u001bb", /control character/],
  ["/data/a\u007fb", /control character/],
  ["/data/a:b", /contains ':'/],
  ["/data/\ud800", /not well-formed Unicode/],
  [`/data/${"x".repeat(256)}`, /name longer than 255 bytes/],
  [`/data/${"ä".repeat(128)}`, /name longer than 255 bytes/],
  [`/${"x/".repeat(4000)}`, /as long as or longer than 8000 bytes/],
  [`/${"ä/".repeat(2700)}`, /as long as or longer than 8000 bytes/],
];

test("every path that HDFS reserves, forbids or cannot name is refused, with the place and the reason", () => {
  for (const [path, why] of REFUSED) {
    const expected = { code: "bad-path", pointer: "spec.dataSets[2].hdfs", message: why };
    assert.throws(() => checkPath(path, "spec.dataSets[2].hdfs"), expected, JSON.stringify(path));
  }
});

test("the error shows the path without its control characters and cut to a readable length", () => {
  assert.throws(() => checkPath("/a\u001b[2Jb", "p"), { message: /'\/a\uFFFD\[2Jb'/ });
  assert.throws(
    () => checkPath(`/${"x".repeat(9000)}`, "p"),
    (thrown: Error) => thrown.message.length < 200,
  );
});

test("odd but lawful names are taken as they are; a slash at the end goes", () => {
  const lawful = [
    "/a b",
    "/%41",
    "/a+b#c?d",
    "/ä/𝒳/日本",
    "/..a/...",
    "/data/.reserved",
    "/.snapshots",
    "/a\\b",
    "/~",
  ];
  for (const path of lawful) assert.equal(checkPath(path, "p"), path);
  assert.equal(checkPath("/data/x/", "p"), "/data/x");
  assert.equal(checkPath(`/${"x".repeat(255)}`, "p").length, 256);
  const longest = `/${"x".repeat(200)}`.repeat(39);
  assert.ok(longest.length < MAX_PATH_BYTES);
  assert.equal(checkPath(longest, "p"), longest);
});

test("a path lies within itself and what is above it, not within a neighbour of the same beginning", () => {
  assert.ok(isWithin("/data", "/data"));
  assert.ok(isWithin("/data/x/y", "/data"));
  assert.ok(isWithin("/data", "/"));
  assert.ok(!isWithin("/data2", "/data"));
  assert.ok(!isWithin("/dat", "/data"));
});

test("relative and joined are each other's inverse", () => {
  for (const [path, prefix, relative] of [
    ["/data/x/y", "/data", "x/y"],
    ["/data", "/data", ""],
    ["/data", "/", "data"],
  ] as const) {
    assert.equal(relativeTo(path, prefix), relative);
    assert.equal(joinPath(prefix, relative), path);
  }
  assert.equal(parentPath("/a/b"), "/a");
  assert.equal(parentPath("/a"), "/");
  assert.equal(parentPath("/"), "/");
});
