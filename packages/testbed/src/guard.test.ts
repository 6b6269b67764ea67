import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { end, identify, isAlive, type ProcessIdentity } from "./process-identity.ts";

const GUARD = fileURLToPath(new URL("../guard.sh", import.meta.url));

describe("the guard of a daemon", () => {
  const dir = mkdtempSync(join(tmpdir(), "guard-"));
  const output = join(dir, "daemon.out");
  after(() => rmSync(dir, { recursive: true, force: true }));

  /** A guard over `command`, held by this process's end of the pipe. */
  async function guarded(...command: string[]) {
    const guard = spawn("sh", [GUARD, "1", output, ...command], { stdio: ["pipe", "pipe", "inherit"] });
    const ended = new Promise<number | null>((resolve) => guard.once("exit", resolve));
    const [line] = await guard.stdout.setEncoding("utf8").take(1).toArray();
    const daemon = identify(Number(line));
    assert.ok(daemon);
    return { guard, daemon, ended };
  }

  test("a closed pipe ends the daemon", async () => {
    const { guard, daemon, ended } = await guarded("sleep", "600");
    guard.stdin.end();
    assert.equal(await ended, 128 + 15);
    assert.equal(isAlive(daemon), false);
  });

  test("a daemon that does not listen is killed after its grace", async () => {
    const { guard, daemon, ended } = await guarded("sh", "-c", "trap '' TERM; while :; do sleep 600; done");
    const [child] = await childrenOf(daemon);
    guard.stdin.end();
    assert.equal(await ended, 128 + 9);
    assert.equal(isAlive(daemon), false);
    // What the daemon itself had started is not the guard's: Hadoop's daemons start nothing that stays.
    assert.ok(child);
    await end(child, 0);
  });

  test("killing the guard takes its daemon along", async () => {
    // The pipe's end goes with the guard; its watcher, a process of its own, sees that.
    const { guard, daemon } = await guarded("sleep", "600");
    guard.kill("SIGKILL");
    await until(() => !isAlive(daemon));
  });

  test("it ends with its daemon's status, and keeps what the daemon said", async () => {
    const { ended } = await guarded("sh", "-c", "sleep 0.2; echo good-bye; exit 7");
    assert.equal(await ended, 7);
    assert.equal(readFileSync(output, "utf8"), "good-bye\n");
  });
});

describe("a process identity", () => {
  test("is that of one process, not of whoever has its number next", async () => {
    const own = identify(process.pid);
    assert.ok(own);
    assert.ok(isAlive(own));
    const earlier = { pid: own.pid, startTicks: own.startTicks - 1 };
    assert.equal(isAlive(earlier), false);
    assert.equal(await end(earlier, 0), false, "this test would not go on otherwise");
  });
});

async function childrenOf({ pid }: ProcessIdentity): Promise<ProcessIdentity[]> {
  const children = (): number[] =>
    readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean).map(Number);
  await until(() => children().length > 0);
  return children().flatMap((child) => identify(child) ?? []);
}

async function until(holds: () => boolean): Promise<void> {
  for (let turn = 0; turn < 2000 && !holds(); turn++) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.ok(holds());
}
