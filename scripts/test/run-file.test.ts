// A test file passes only when it ran tests, they passed, and it ended by itself leaving nothing open.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { runFile } from "./run-file.ts";
import { isRunning } from "./running.ts";

const IMPORT = 'import { test, describe } from "node:test";\n';

async function outcome(
  text: string,
  limitMs = 20_000,
): Promise<{ passed: number; failed: number; said: string }> {
  const folder = mkdtempSync(join(tmpdir(), "coeval-run-file-"));
  const file = join(folder, "sample.test.ts");
  writeFileSync(file, `${IMPORT}${text}`);
  let said = "";
  try {
    const tally = await runFile(file, {
      limitMs,
      signal: new AbortController().signal,
      live: false,
      print: (t) => (said += t),
    });
    return { ...tally, said };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("tests are counted one by one, a suite and a parent of a failed test are not", async () => {
  const { passed, failed, said } = await outcome(
    'test("a", () => {}); test("b", async (t) => { await t.test("c", () => { throw new Error("boom"); }); });' +
      'describe("d", () => { test("e", () => {}); });',
  );
  assert.deepEqual({ passed, failed }, { passed: 2, failed: 1 });
  assert.match(said, /✖ c\n\s+Error: boom/);
});

test("a file without a test has failed", async () => {
  const { passed, failed, said } = await outcome("");
  assert.deepEqual({ passed, failed }, { passed: 0, failed: 1 });
  assert.match(said, /ran no test/);
});

test("a file that cannot be loaded has failed", async () => {
  const { failed, said } = await outcome('throw new Error("no way in");');
  assert.equal(failed, 1);
  assert.match(said, /no way in/);
});

test("a file that ends badly after its tests passed has failed", async () => {
  const { failed } = await outcome(
    'test("a", () => {}); process.on("exit", () => { process.exitCode = 3; });',
  );
  assert.equal(failed, 1);
});

test("a skipped test is a failure", async () => {
  const { failed, said } = await outcome('test("a", { ["sk" + "ip"]: true }, () => {});');
  assert.equal(failed, 1);
  assert.match(said, /1 tests were skipped/);
});

test("a handle left open is a failure, and is told apart from a test that hangs", async () => {
  const [open, hanging, spinning] = await Promise.all([
    outcome('test("a", () => { setInterval(() => {}, 1000); });', 2_000),
    outcome('test("b", () => new Promise((done) => setTimeout(done, 9000)));', 4_000),
    outcome('test("c", () => { for (;;); });', 2_000),
  ]);
  assert.deepEqual([open.passed, open.failed], [1, 1]);
  assert.match(open.said, /a timer, socket or process was left open/);
  assert.match(hanging.said, /✖ b\n\s+.*timed out/);
  assert.match(spinning.said, /no test had ended/);
});

test("what a test started ends with it", async () => {
  const { said } = await outcome(
    'import { spawn } from "node:child_process";\n' +
      'test("a", () => { const c = spawn("sleep", ["1000"]); console.log("pid", c.pid); });',
    2_000,
  );
  const pid = Number(/pid (\d+)/.exec(said)?.[1]);
  assert.ok(pid > 0, said);
  assert.equal(isRunning(pid), false);
});
