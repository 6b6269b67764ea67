// Every import of the repository is judged by the law, and so is every package.json.
import assert from "node:assert/strict";
import { test } from "node:test";
import { packagesThatExist } from "./generated.ts";
import { judge, judgeDependency } from "./judge.ts";
import { law } from "./law.ts";
import { importsOf, parse, read, sourceFiles } from "./sources.ts";

test("no source imports what the row of its package does not name", () => {
  const files = sourceFiles();
  const broken = files.flatMap((file) =>
    importsOf(parse(file, read(file))).flatMap(({ specifier, line }) => {
      const refusal = judge(file, specifier);
      return refusal === null ? [] : [`${file}:${line}: ${refusal}`];
    }),
  );
  assert.ok(files.length > 0, "no source was found");
  assert.deepEqual(broken, []);
});

test("no package.json depends on what the row of its package does not name, and every version is exact", () => {
  const broken = [...packagesThatExist()].flatMap((name) => {
    const manifest: Manifest = JSON.parse(read(`packages/${name}/package.json`));
    return [
      ...Object.entries(manifest.dependencies ?? {}).map(([on, version]) =>
        judgeDependency(name, on, version, "run"),
      ),
      ...Object.entries(manifest.devDependencies ?? {}).map(([on, version]) =>
        judgeDependency(name, on, version, "test"),
      ),
    ].filter((refusal) => refusal !== null);
  });
  assert.deepEqual(broken, []);
});

test("every package has its row", () => {
  const rows = new Set(law.map((row) => row.name));
  assert.deepEqual(
    [...packagesThatExist()].filter((name) => !rows.has(name)),
    [],
  );
});

test("a computed module name, a way round by a relative path and a folder without a row are refused", () => {
  const source = parse(
    "packages/agent/src/a.ts",
    'const m = await import(name); type T = import("node:fs").Stats;',
  );
  const named = importsOf(source).map((found) => found.specifier);
  assert.deepEqual(named, ["name", "node:fs"]);
  for (const specifier of [...named, "../../platform/src/clock.ts", "@coeval/agent/journal", "constructor"]) {
    assert.match(judge("packages/agent/src/a.ts", specifier) ?? "allowed", /packages\/agent may import/);
  }
  assert.match(judge("packages/newcomer/src/a.ts", "./b.ts") ?? "allowed", /has no row/);
  assert.match(judge("somewhere/a.ts", "./b.ts") ?? "allowed", /source lies in/);
  assert.equal(judge("packages/agent/src/a.ts", "./step/b.ts"), null);
  assert.equal(judge("e2e/first.e2e.ts", "@coeval/platform/clock"), null);
});

test("a dependency outside the row, or a version with a range, is refused", () => {
  assert.match(
    judgeDependency("core", "zod", "4.6.7", "run") ?? "allowed",
    /packages\/core may import nothing/,
  );
  assert.match(judgeDependency("agent", "@coeval/platform", "0.1.0", "run") ?? "allowed", /packages\/agent/);
  assert.match(judgeDependency("contract", "zod", "^4.6.7", "run") ?? "allowed", /exact version/);
  assert.match(judgeDependency("core", "fast-check", "4.10.0", "run") ?? "allowed", /packages\/core/);
  assert.equal(judgeDependency("core", "fast-check", "4.10.0", "test"), null);
  assert.equal(judgeDependency("simulator", "@coeval/drivers", "0.1.0", "run"), null);
});

interface Manifest {
  readonly dependencies?: Record<string, string>;
  readonly devDependencies?: Record<string, string>;
}
