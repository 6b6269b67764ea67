import assert from "node:assert/strict";
import { test } from "node:test";
import { compileGlob, escapeGlob, isGlob } from "./glob.ts";
import { checkPattern, compileFilters, EVERYTHING } from "./path-filter.ts";

/** Of a tree, written with `/` behind directories, what is left out. */
function leftOut(filters: { include?: string[]; exclude?: string[] }, tree: readonly string[]): string[] {
  const filter = compileFilters({ include: filters.include ?? [], exclude: filters.exclude ?? [] });
  return tree.filter((line) =>
    line.endsWith("/") ? filter.leavesOut(line.slice(0, -1), "directory") : filter.leavesOut(line, "file"),
  );
}

const TREE = [
  "a.tmp",
  "a.txt",
  "logs/",
  "logs/2026/",
  "logs/2026/day.log",
  "logs/day.log",
  "old/",
  "old/logs/",
  "old/logs/day.log",
  "scratch",
  "tmp/",
  "tmp/a.txt",
];

test("a name without a slash means it at any depth, with all that lies in it", () => {
  assert.deepEqual(leftOut({ exclude: ["logs"] }, TREE), [
    "logs/",
    "logs/2026/",
    "logs/2026/day.log",
    "logs/day.log",
    "old/logs/",
    "old/logs/day.log",
  ]);
  assert.deepEqual(leftOut({ exclude: ["*.t?p", "day.*"] }, TREE), [
    "a.tmp",
    "logs/2026/day.log",
    "logs/day.log",
    "old/logs/day.log",
  ]);
});

test("with a slash it is the path from the data set's directory on", () => {
  assert.deepEqual(leftOut({ exclude: ["old/logs"] }, TREE), ["old/logs/", "old/logs/day.log"]);
  assert.deepEqual(leftOut({ exclude: ["*/day.log"] }, TREE), ["logs/day.log"]);
  assert.deepEqual(leftOut({ exclude: ["old/**/day.log"] }, TREE), ["old/logs/day.log"]);
  assert.deepEqual(leftOut({ exclude: ["logs/**/day.log"] }, TREE), ["logs/2026/day.log", "logs/day.log"]);
  assert.deepEqual(leftOut({ exclude: ["tmp/**"] }, TREE), ["tmp/a.txt"], "what lies in it, not itself");
});

test("a slash at the end means directories alone", () => {
  assert.deepEqual(leftOut({ exclude: ["scratch/", "tmp/"] }, TREE), ["tmp/", "tmp/a.txt"]);
});

test("include keeps what it names and what leads there; exclude takes out of it", () => {
  assert.deepEqual(leftOut({ include: ["logs/2026", "a.txt"], exclude: ["day.*"] }, TREE), [
    "a.tmp",
    "logs/2026/day.log",
    "logs/day.log",
    "old/logs/day.log",
    "scratch",
  ]);
  assert.deepEqual(leftOut({ include: ["logs/2026/*.log"] }, TREE), [
    "a.tmp",
    "a.txt",
    "logs/day.log",
    "old/",
    "old/logs/",
    "old/logs/day.log",
    "scratch",
    "tmp/",
    "tmp/a.txt",
  ]);
});

test("the data set's own directory is never left out; without rules nothing is", () => {
  assert.equal(compileFilters({ include: ["x"], exclude: ["**"] }).leavesOut("", "directory"), false);
  assert.equal(compileFilters({ include: [], exclude: [] }), EVERYTHING);
  assert.deepEqual(leftOut({ exclude: ["**"] }, TREE), TREE);
});

test("what is left out as a directory is left out with everything in it, whatever the rules", () => {
  const pieces = ["a", "*", "**", "a*", "?", "b"];
  for (const first of pieces)
    for (const second of pieces)
      for (const include of [[], ["b/**/a"], ["a"]]) {
        const filter = compileFilters({
          include,
          exclude: [`${first}/${second}`, `x${second.replaceAll("**", "")}`],
        });
        for (const path of ["a", "b", "a/b", "b/a", "a/b/a", "x/a"]) {
          if (!filter.leavesOut(path, "directory")) continue;
          for (const below of ["a", "b/a", "a/b"])
            assert.ok(filter.leavesOut(`${path}/${below}`, "file"), `${path}/${below} by ${first}/${second}`);
        }
      }
});

test("names as they are: escaped signs, characters beyond the basic plane, many stars in no time", () => {
  const matches = (glob: string, name: string) => compileGlob(glob).matches(name);
  assert.ok(matches("\\*", "*") && !matches("\\*", "a"));
  assert.ok(matches("?", "😀") && !matches("??", "😀"));
  assert.ok(matches("a*b*c", "a-b-b-c") && !matches("a*b*c", "a-c-b"));
  assert.equal(matches("*a".repeat(100), "a".repeat(5000) + "b"), false);
  for (const odd of ["*", "[x]", "{y}", "back\\slash", "a?b", "plain"]) {
    assert.ok(matches(escapeGlob(odd), odd));
    assert.equal(isGlob(escapeGlob(odd)), false);
    assert.equal(compileGlob(escapeGlob(odd)).literal, odd);
  }
  assert.ok(isGlob("a*") && isGlob("\\\\?") && !isGlob("a\\*"));
});

test("what is no pattern is refused with why", () => {
  for (const [pattern, why] of [
    ["", /empty/],
    ["/data", /relative to each data set/],
    ["a//b", /'\/\/'/],
    ["../a", /'\.\.'/],
    ["a**", /whole names/],
    ["*.{a,b}", /one pattern for each/],
    ["[ab]", /one pattern for each/],
    ["a\\", /ends with/],
    ["x".repeat(1001), /longer than/],
  ] as const)
    assert.throws(() => checkPattern(pattern), { code: "bad-input", message: why }, pattern);
});
