import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { CoevalError } from "@coeval/core/errors";
import { lockFolder } from "./folder-lock.ts";

const folder = mkdtempSync(join(tmpdir(), "coeval-lock-"));
after(() => rmSync(folder, { recursive: true }));
const isRunning = (thrown: unknown) => thrown instanceof CoevalError && thrown.code === "folder-in-use";

test("a second opening in the same process is refused until the first is released", () => {
  const place = join(folder, "one");
  const lock = lockFolder(place);
  assert.throws(() => lockFolder(place), isRunning);
  lock.release();
  lock.release();
  lockFolder(place).release();
});

test("another process is refused by name; after kill -9 nothing has to be cleaned", async () => {
  const place = join(folder, "two");
  const module = new URL("./folder-lock.ts", import.meta.url).href;
  const script = `import { lockFolder } from ${JSON.stringify(module)};
    globalThis.kept = lockFolder(${JSON.stringify(place)}); console.log("locked"); setInterval(() => {}, 1000);`;
  const holder = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(holder.stdout, "data");
  assert.throws(
    () => lockFolder(place),
    (thrown) => isRunning(thrown) && (thrown as Error).message.includes(`process ${holder.pid} already uses`),
  );
  holder.kill("SIGKILL");
  await once(holder, "exit");
  lockFolder(place).release();
});

test("a process that the owner starts does not inherit the lock", async () => {
  const place = join(folder, "three");
  const lock = lockFolder(place);
  const child = spawn("sleep", ["60"], { stdio: "ignore" });
  await once(child, "spawn");
  lock.release();
  lockFolder(place).release();
  child.kill("SIGKILL");
  await once(child, "exit");
});
