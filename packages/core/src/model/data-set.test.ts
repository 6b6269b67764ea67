import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { checkDataSets, type DataSet } from "./data-set.ts";

const sets = (...paths: string[]): DataSet[] =>
  paths.map((path, index) => ({ name: `s${index}`, component: "hdfs", path }));

test("data sets beside each other are accepted, also those that begin alike", () => {
  checkDataSets([]);
  checkDataSets(sets("/a", "/a b", "/a!", "/a-b", "/ab", "/b/a"));
});

test("a data set within another is refused, in whatever order they come, naming both", () => {
  for (const [paths, inner] of [
    [["/a", "/a/b"], 1],
    [["/a/b", "/a"], 0],
    // What sorts between the two as text lies in neither.
    [["/a", "/a!", "/a b", "/a/b"], 3],
    [["/x", "/a/b/c", "/a/b", "/y"], 1],
    [["/a", "/a"], 1],
  ] as const) {
    const expected = { code: "data-sets-nested", pointer: `/spec/dataSets/${inner}` };
    assert.throws(() => checkDataSets(sets(...paths)), expected, String(paths));
  }
  assert.throws(() => checkDataSets(sets("/x", "/a/b", "/a")), {
    message: "spec.dataSets[1]: /a/b lies in /a (spec.dataSets[2])",
  });
});

test("nesting is found exactly when some pair is nested", () => {
  const name = fc.constantFrom("a", "a b", "a!", "b", "ä", "0");
  const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => `/${names.join("/")}`);
  fc.assert(
    fc.property(fc.array(path, { maxLength: 6 }), (paths) => {
      const nested = paths.some((one, i) =>
        paths.some((other, j) => i !== j && (one === other || one.startsWith(`${other}/`))),
      );
      if (nested) assert.throws(() => checkDataSets(sets(...paths)), { code: "data-sets-nested" });
      else checkDataSets(sets(...paths));
    }),
    { seed: 3, numRuns: 2000 },
  );
});

test("a name given twice is refused at its second place", () => {
  const [first, second] = sets("/a", "/b") as [DataSet, DataSet];
  assert.throws(() => checkDataSets([first, { ...second, name: "s0" }]), {
    code: "name-taken",
    pointer: "/spec/dataSets/1/name",
  });
});
