// Every promise in docs/CLAIMS.md names code and a test that exist.
import assert from "node:assert/strict";
import { test } from "node:test";
import { claimProblems, claimsIn } from "./claims.ts";
import { read, repositoryFiles } from "./sources.ts";

test("every claim names an existing file and an existing test", () => {
  const files = new Set(repositoryFiles());
  assert.ok(files.has("docs/CLAIMS.md"), "docs/CLAIMS.md (a table: promise | file | test) does not exist");
  const claims = claimsIn(read("docs/CLAIMS.md"));
  assert.ok(claims.length > 0, "docs/CLAIMS.md claims nothing");
  assert.deepEqual(claimProblems(claims, files, read), []);
});

test("a claim without a file, with a vanished file or with a vanished test is found", () => {
  const document = [
    "| promise | file | test |",
    "|---|---|---|",
    '| kept | `a.ts` | `a.test.ts` "it holds" |',
    "| bare | a.ts | |",
    "| gone | `b.ts` | `b.test.ts` |",
    '| renamed | `a.ts` | `a.test.ts` "it held" |',
    "| no test | `a.ts` | `a.ts` |",
  ].join("\n");
  const files = new Set(["a.ts", "a.test.ts"]);
  assert.deepEqual(
    claimProblems(claimsIn(document), files, () => 'test("it holds")'),
    [
      '"bare" names no file',
      '"bare" names no test',
      '"gone" names b.ts, which does not exist',
      '"gone" names b.test.ts, which does not exist',
      '"renamed" names a test "it held" that is not in a.test.ts',
      '"no test" names a.ts as a test',
    ],
  );
});
