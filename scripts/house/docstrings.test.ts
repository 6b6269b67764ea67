// Every export of core (and so of the ports), contract and hadoop says what it means.
import assert from "node:assert/strict";
import { test } from "node:test";
import { documentedPackages, undocumentedExports } from "./docstrings.ts";
import { read, sourceFiles } from "./sources.ts";

test("every export of core, contract and hadoop has a docstring", () => {
  const files = sourceFiles().filter((file) =>
    documentedPackages.some((name) => file.startsWith(`packages/${name}/src/`) && !file.endsWith(".test.ts")),
  );
  assert.ok(files.length > 0, "no source was found");
  assert.deepEqual(
    files.flatMap((file) => undocumentedExports(file, read(file))),
    [],
  );
});

test("an export without a docstring is found, whatever its kind", () => {
  const found = (text: string): string[] => undocumentedExports("a.ts", `${mainExport}${text}`);
  const mainExport = "// Purpose.\nexport const main = 1;\n";
  const kinds = [
    "function a() {}",
    "const a = 1;",
    "class a {}",
    "interface a {}",
    "type a = 1;",
    "async function a() {}",
  ];
  for (const kind of kinds) {
    assert.deepEqual(found(`export ${kind}`), ["a.ts:3: a has no docstring"], kind);
    assert.deepEqual(found(`/** Says it. */\nexport ${kind}`), [], kind);
    assert.deepEqual(found(`// No docstring.\nexport ${kind}`), ["a.ts:4: a has no docstring"], kind);
    assert.deepEqual(found(kind), [], kind);
  }
  assert.deepEqual(
    found("/** Says it. */\nexport const a = z.string();\nexport type A = z.infer<typeof a>;"),
    [],
  );
  assert.deepEqual(undocumentedExports("a.ts", "export const a = 1;"), ["a.ts:1: a has no docstring"]);
  assert.deepEqual(undocumentedExports("a.ts", "/** The file's purpose. */\nexport const a = 1;"), []);
});
