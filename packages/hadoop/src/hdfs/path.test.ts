import assert from "node:assert/strict";
import { test } from "node:test";
import { joinPath, PATH_CHARACTERS_MAX, pathFault, snapshotPath } from "./path.ts";

test("good paths have no fault", () => {
  for (const path of ["/", "/a", "/a b/ü/😀", "/.reserved/.inodes/16385", "/a/.snapshot/s", "/...", "/\n"]) {
    assert.equal(pathFault(path), null, path);
  }
});

test("each fault is named", () => {
  const faults: [string, RegExp][] = [
    ["", /absolute/],
    ["a", /absolute/],
    ["/a/", /empty name/],
    ["//", /empty name/],
    ["/a//b", /empty name/],
    ["/.", /as a name/],
    ["/a/..", /as a name/],
    ["/a\0", /NUL/],
    ["/\udc00", /surrogate/],
    [`/${"x".repeat(PATH_CHARACTERS_MAX)}`, /characters/],
    ["/a".repeat(1001), /deep/],
  ];
  for (const [path, fault] of faults) assert.match(pathFault(path) ?? "", fault, path.slice(0, 20));
});

test("paths are joined with one slash", () => {
  assert.deepEqual([joinPath("/", "a"), joinPath("/a", "b"), joinPath("/a", "")], ["/a", "/a/b", "/a"]);
  assert.equal(snapshotPath("/r", "s"), "/r/.snapshot/s");
  assert.equal(snapshotPath("/", "s", "a/b"), "/.snapshot/s/a/b");
});
