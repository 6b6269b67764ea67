import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { compareEntries, compareTreePaths, type Entry, sameAttributes } from "./entry.ts";

const encoder = new TextEncoder();

/** HDFS's own: bytes as signed numbers, the shorter of two equal beginnings first (DFSUtilClient.compareBytes). */
function compareNames(a: string, b: string): number {
  const left = new Int8Array(encoder.encode(a));
  const right = new Int8Array(encoder.encode(b));
  for (let i = 0; i < Math.min(left.length, right.length); i++)
    if (left[i] !== right[i]) return (left[i] as number) - (right[i] as number);
  return left.length - right.length;
}

/** Component by component, a directory before what lies in it. */
function compareComponents(a: string, b: string): number {
  const left = a === "" ? [] : a.split("/");
  const right = b === "" ? [] : b.split("/");
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const order = compareNames(left[i] as string, right[i] as string);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

const character = fc.oneof(
  fc.constantFrom(
    "a",
    "b",
    " ",
    "!",
    "-",
    ".",
    "0",
    "~",
    "\u0001",
    "\u007f",
    "ä",
    "\ud7ff",
    "\ue000",
    "\uffff",
  ),
  fc.constantFrom("\u{10000}", "\u{1d4b3}", "\u{10ffff}", "😀"),
);
const name = fc.array(character, { minLength: 1, maxLength: 4 }).map((all) => all.join(""));
const path = fc.array(name, { maxLength: 4 }).map((names) => names.join("/"));

test("paths sort by name as HDFS lists them, a directory directly before what lies in it", () => {
  fc.assert(
    fc.property(path, path, (a, b) => {
      assert.equal(Math.sign(compareTreePaths(a, b)), Math.sign(compareComponents(a, b)));
    }),
    { seed: 3, numRuns: 20_000 },
  );
});

test("the order is one: turned round it is reversed, and it can be chained", () => {
  fc.assert(
    fc.property(path, path, path, (a, b, c) => {
      assert.equal(Math.sign(compareTreePaths(a, b)) + Math.sign(compareTreePaths(b, a)), 0);
      const [x, y, z] = [a, b, c].sort(compareTreePaths) as [string, string, string];
      assert.ok(compareTreePaths(x, y) <= 0 && compareTreePaths(y, z) <= 0 && compareTreePaths(x, z) <= 0);
      assert.equal(compareTreePaths(a, b) === 0, a === b);
    }),
    { seed: 3, numRuns: 5000 },
  );
});

test("neighbours that trip up a plain comparison of texts", () => {
  const order = ["", "a", "a/b", "a/b c", "a/c", "aä", "a ", "a!", "a-b", "b"];
  assert.deepEqual([...order].reverse().sort(compareTreePaths), order);
});

test("data sets come first in the order", () => {
  assert.ok(compareEntries({ set: "a", path: "z" }, { set: "b", path: "" }) < 0);
  assert.ok(compareEntries({ set: "b", path: "" }, { set: "a-1", path: "z" }) > 0);
  assert.equal(compareEntries({ set: "a", path: "x" }, { set: "a", path: "x" }), 0);
});

test("attributes differ by owner, group, mode, replication, ACL and xattrs; not by id or times", () => {
  const entry = { owner: "o", group: "g", mode: 0o644, replication: 3, id: "1", mtimeMs: 1 } as Entry;
  assert.ok(sameAttributes(entry, { ...entry, id: "2", mtimeMs: 2, acl: [], xattrs: [] }));
  for (const other of [
    { owner: "x" },
    { group: "x" },
    { mode: 0o1644 },
    { replication: 2 },
    { acl: ["user:a:r--"] },
    { xattrs: [["user.a", "00"]] as const },
  ])
    assert.ok(!sameAttributes(entry, { ...entry, ...other }), JSON.stringify(other));
});
