import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { createLog, LOG_TEXT_CHARS_MAX } from "./log.ts";
import { createLogFile, LOG_FILES_MAX } from "./log-file.ts";

const folder = mkdtempSync(join(tmpdir(), "coeval-log-"));
after(() => rmSync(folder, { recursive: true }));
const world = { clock: { nowMs: () => Date.UTC(2026, 10, 21, 10, 31, 41, 5) } };
const never = (text: string) => assert.fail(text);

test("a line is one JSON object: time, level, event, fields", () => {
  const file = join(folder, "a/control.log");
  const log = createLog(world, { file });
  log.info("run-started", { run: "run-1", files: 3, first: true, base: null, none: undefined });
  log.warn("two\nlines", { event: "a field never hides the event" });
  log.error("big", { text: "x".repeat(LOG_TEXT_CHARS_MAX + 1) });
  const [first, second, third, end] = readFileSync(file, "utf8").split("\n");
  assert.equal(
    first,
    '{"time":"2026-11-21T10:31:41.005Z","level":"info","event":"run-started","run":"run-1","files":3,"first":true,"base":null}',
  );
  assert.equal(JSON.parse(second ?? "").event, "two\nlines");
  assert.equal(JSON.parse(third ?? "").text, `${"x".repeat(LOG_TEXT_CHARS_MAX)}… (2001 characters)`);
  assert.equal(end, "");
  assert.equal(statSync(file).mode & 0o777, 0o600);
});

test("the file is bounded: the oldest lines go, the newest stay, none is torn", () => {
  const file = join(folder, "b.log");
  const add = createLogFile(file, never, 100);
  for (let i = 0; i < 100; i++) add(`line ${i}`.padEnd(29, ".") + "\n");
  const names = readdirSync(folder)
    .filter((name) => name.startsWith("b.log"))
    .sort();
  assert.deepEqual(names, ["b.log", "b.log.1", "b.log.2", "b.log.3"]);
  assert.equal(names.length, LOG_FILES_MAX);
  const lines = names
    .toReversed()
    .flatMap((name) => readFileSync(join(folder, name), "utf8").trimEnd().split("\n"));
  assert.deepEqual(
    lines,
    Array.from({ length: lines.length }, (_, i) => `line ${100 - lines.length + i}`.padEnd(29, ".")),
  );
  assert.ok(lines.length >= 10);
});

test("a log that is opened again goes on where it was", () => {
  const file = join(folder, "c.log");
  createLogFile(file, never, 40)("a".repeat(30));
  createLogFile(file, never, 40)("b".repeat(30));
  assert.equal(readFileSync(file, "utf8"), "b".repeat(30));
  assert.equal(readFileSync(`${file}.1`, "utf8"), "a".repeat(30));
});

test("lines that the file does not take go elsewhere, and the cause is told once", () => {
  const lost: string[] = [];
  const add = createLogFile("/dev/full", (text) => void lost.push(text));
  add("one\n");
  add("two\n");
  assert.match(lost[0] ?? "", /\/dev\/full cannot be written.*ENOSPC/);
  assert.deepEqual(lost.slice(1), ["one\n", "two\n"]);
});
