// A suite that runs no test, contradicts itself or hangs has failed.
import assert from "node:assert/strict";
import { test } from "node:test";
import { runSuite, tallyIn } from "./run-suite.ts";
import { isRunning } from "./running.ts";

const never = new AbortController().signal;

function command(
  script: string,
  limitSeconds = 20,
): Promise<{ passed: number; failed: number; said: string }> {
  let said = "";
  const suite = { name: "sample", shareSeconds: 1, limitSeconds, command: ["sh", "-c", script] };
  return runSuite(suite, never, (text) => (said += text)).then((tally) => ({ ...tally, said }));
}

test("a command reports by its last line and its code together", async () => {
  const counts = async (script: string): Promise<number[]> => {
    const { passed, failed } = await command(script);
    return [passed, failed];
  };
  assert.deepEqual(await counts("echo '3 passed, 0 failed'"), [3, 0]);
  assert.deepEqual(await counts("echo '3 passed, 2 failed'; exit 1"), [3, 2]);
  assert.deepEqual(await counts("echo '3 passed, 0 failed'; exit 1"), [3, 1]);
  assert.deepEqual(await counts("echo '3 passed, 2 failed'"), [3, 2]);
  assert.deepEqual(await counts("exit 1"), [0, 1]);
});

test("a suite that ran no test has failed", async () => {
  const silent = await command("true");
  assert.deepEqual([silent.passed, silent.failed], [0, 1]);
  assert.match(silent.said, /sample ran no test/);
  const settings = {
    shareSeconds: 1,
    limitSeconds: 20,
    fileLimitSeconds: 20,
    atOnce: 1,
    clusters: false,
  } as const;
  let said = "";
  const none = await runSuite(
    { name: "none", files: ["none/*.test.ts"], ...settings },
    never,
    (text) => (said += text),
  );
  assert.deepEqual(none, { passed: 0, failed: 1 });
  assert.match(said, /none ran no test/);
});

const LOOKS_MAX = 100_000;

test("a command that hangs is ended with everything it started", async () => {
  const hanging = await command("sleep 1000 & echo pid $!; wait", 1);
  assert.equal(hanging.failed, 1);
  assert.match(hanging.said, /did not end within 1 s/);
  const pid = Number(/pid (\d+)/.exec(hanging.said)?.[1]);
  // A killed process is listed until its parent has seen to it.
  for (let look = 0; isRunning(pid) && look < LOOKS_MAX; look++) await new Promise(setImmediate);
  assert.equal(isRunning(pid), false);
});

test("only a whole line is a tally, and the last one counts", () => {
  assert.deepEqual(tallyIn("1 passed, 0 failed\nx 9 passed, 9 failed\n2 passed, 1 failed\nbye\n"), {
    passed: 2,
    failed: 1,
  });
  assert.deepEqual(tallyIn("all passed"), { passed: 0, failed: 0 });
});
