// The configurations and documents that are rendered from a table are what the table says, both ways.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { errors } from "@coeval/core/errors";
import { codesIn, errorsDocument } from "./errors-doc.ts";
import { generatedFiles } from "./generated.ts";
import { read, root } from "./sources.ts";

const WRITE = "stale: node scripts/house/write.ts";

for (const [file, text] of await generatedFiles()) {
  test(`${file} is what its table renders`, () => {
    assert.ok(existsSync(join(root, file)), WRITE);
    const isJson = file.endsWith(".json");
    const [onDisk, rendered]: unknown[] = isJson
      ? [JSON.parse(read(file)), JSON.parse(text)]
      : [read(file), text];
    assert.deepEqual(onDisk, rendered, WRITE);
  });
}

test("every code of the catalogue is explained, and every code explained is in the catalogue", () => {
  const explained = codesIn(read("docs/ERRORS.md"));
  assert.deepEqual(
    Object.keys(errors).filter((code) => !explained.includes(code)),
    [],
    "not explained",
  );
  assert.deepEqual(
    explained.filter((code) => !Object.hasOwn(errors, code)),
    [],
    "not in the catalogue",
  );
});

test("a code added, a code taken away and a word changed each change the document", () => {
  const torn = errors["torn"];
  const before = errorsDocument({ torn });
  assert.deepEqual(codesIn(before), ["torn"]);
  assert.deepEqual(codesIn(errorsDocument({})), []);
  assert.deepEqual(codesIn(errorsDocument({ torn, "other-one": torn })), ["other-one", "torn"]);
  assert.notEqual(errorsDocument({ torn: { ...torn, hint: "Another hint." } }), before);
});
