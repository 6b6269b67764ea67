// Files stay short, well named and introduced; the median is printed.
import assert from "node:assert/strict";
import { test } from "node:test";
import { layoutProblems, linesIn, median, MEDIAN_LINES_MAX } from "./layout.ts";
import { read, sourceFiles } from "./sources.ts";

test("no file is too long, badly named or without its purpose", () => {
  const files = sourceFiles().filter((file) => !file.endsWith(".d.ts"));
  assert.deepEqual(
    files.flatMap((file) => layoutProblems(file, read(file))),
    [],
  );
});

test("half of the product's files are shorter than a hundred lines", (t) => {
  const files = sourceFiles().filter((file) => /^packages\/[^/]+\/src\/.*(?<!\.test)\.ts$/.test(file));
  const lines = files.map((file) => linesIn(read(file)));
  const middle = median(lines);
  t.diagnostic(
    `${files.length} files, ${lines.reduce((sum, each) => sum + each, 0)} lines, median ${middle}`,
  );
  assert.ok(files.length > 0, "no source was found");
  assert.ok(middle <= MEDIAN_LINES_MAX, `the median is ${middle} lines`);
});

test("a file of 401 lines, a file of helpers and one without a purpose are found", () => {
  const purpose = "// Says what it is for.\n";
  assert.match(
    layoutProblems("packages/core/src/a.ts", `${purpose}${"x;\n".repeat(400)}`).join(),
    /401 lines/,
  );
  assert.deepEqual(layoutProblems("packages/core/src/a.ts", `${purpose}${"x;\n".repeat(399)}`), []);
  for (const name of ["utils", "helpers", "types", "manager", "common"]) {
    assert.match(layoutProblems(`packages/core/src/${name}.ts`, purpose).join(), /no noun or verb/);
    assert.match(layoutProblems(`packages/core/src/${name}.test.ts`, purpose).join(), /no noun or verb/);
  }
  assert.match(layoutProblems("packages/core/src/a.ts", 'import "./b.ts";\n').join(), /purpose/);
  assert.match(layoutProblems("a.ts", 'import "./b.ts";\nexport const a = 1;\n').join(), /purpose/);
  assert.deepEqual(layoutProblems("a.ts", 'import "./b.ts";\n\n/** Says it. */\nexport const a = 1;\n'), []);
  assert.equal(median([1, 9, 2]), 2);
  assert.equal(median([1, 2, 4, 9]), 3);
});
