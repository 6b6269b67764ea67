// No file of the repository holds a word that betrays a machine or hides unfinished work.
import assert from "node:assert/strict";
import { test } from "node:test";
import { read, repositoryFiles } from "./sources.ts";
import { forbiddenWords } from "./words.ts";

/** These hold the words because they look for them. */
const LOOKING_FOR_THEM = [
  "scripts/house/words.ts",
  "scripts/house/words.test.ts",
  "scripts/house/bites.test.ts",
];
const BINARY = /\.(bin|png|jpg|gif|ico|woff2?|gz|jar|pcap|db)$/;

test("no file holds a forbidden word", () => {
  const files = repositoryFiles().filter((file) => !BINARY.test(file) && !LOOKING_FOR_THEM.includes(file));
  assert.ok(files.length > 0, "no file was found");
  assert.deepEqual(
    files.flatMap((file) => forbiddenWords(file, read(file))),
    [],
  );
});

test("each forbidden word is found, and what only looks like one is not", () => {
  const bad: [file: string, line: string][] = [
    ["a.ts", 'const folder = "/work/main/packages";'],
    ["a.md", "see /root/notes.txt"],
    ["package-lock.json", '      "resolved": "https://registry.example.org/zod/-/zod-4.6.7.tgz",'],
    [".npmrc", "registry=https://example.org/npm"],
    ["a.md", "npm-mirror.example.internal"],
    ["a.md", "written with ChatGPT"],
    ["a.md", "in the next session we"],
    ["a.ts", "// TODO later"],
    ["a.sh", "# FIXME"],
    ["a.test.ts", 'test.only("x", () => {});'],
    ["a.test.ts", 'test("x", { skip: true }, () => {});'],
    ["a.e2e.ts", 'test("x", { skip: "no cluster" }, () => {});'],
    ["a.test.ts", "  t.skip();"],
    ["a.ts", "// oxlint-disable-next-line no-restricted-globals"],
    ["a.ts", "/* oxlint-disable no-empty */"],
    ["a.ts", "// @ts-ignore"],
  ];
  for (const [file, line] of bad) assert.equal(forbiddenWords(file, line).length > 0, true, line);
  const good: [file: string, line: string][] = [
    ["package-lock.json", '      "resolved": "packages/core",'],
    ["a.ts", 'const source = "/home/alice/work/main";'],
    ["a.ts", 'const path = "/data/work/shared/x";'],
    ["a.md", "the sign-on has its own session table"],
    ["a.ts", "bytes.skip(4)"],
    ["a.ts", "// oxlint-disable-next-line no-await-in-loop -- one at a time is meant"],
    ["openapi.md", "OpenAPI 3.1"],
  ];
  for (const [file, line] of good) assert.deepEqual(forbiddenWords(file, line), [], line);
});
