import assert from "node:assert/strict";
import { test } from "node:test";
import { isLineText, LINE_LENGTH_MAX, lineText } from "./run-line.ts";

test("a line is one line: what a name hides in it is shown, and obeyed by no terminal", () => {
  assert.equal(lineText("a\nb\u001b[2Jc\u202ed\u2028e"), "a\uFFFDb\uFFFD[2Jc\uFFFDd\uFFFDe");
  assert.equal(lineText("/daten/größe 100 % 🐘"), "/daten/größe 100 % 🐘");
});

test("a line that is too long is cut, not in the middle of a sign; what is told is what may be heard", () => {
  const long = lineText(`${"x".repeat(LINE_LENGTH_MAX - 2)}🐘 and more`);
  assert.equal(long.length, LINE_LENGTH_MAX);
  assert.ok(long.endsWith("\uFFFD…"));
  for (const text of [long, "x".repeat(LINE_LENGTH_MAX), "plain"]) assert.ok(isLineText(text), text);
  for (const text of ["", "x".repeat(LINE_LENGTH_MAX + 1), "a\tb", "\ud800"])
    assert.ok(!isLineText(text), JSON.stringify(text));
});
