import assert from "node:assert/strict";
import { test } from "node:test";
import { drain } from "../drain.ts";
import { type CrashPosition, createLife } from "./life.ts";

/** What a call of a port leaves behind when the process dies at it. */
async function callDyingAt(position: CrashPosition) {
  const seen: string[] = [];
  const life = createLife("east", (label) => seen.push(`crashed at ${label}`));
  life.crashAt({ call: 1, label: "fs", position });
  void life.port("files.read", () => "not counted").then(() => seen.push("went on"));
  void life
    .port("fs.change.rename", async () => {
      seen.push("sent");
      await Promise.resolve();
      seen.push("done");
    })
    .then(() => seen.push("answered"));
  await drain();
  return seen;
}

test("a process that dies before a call has no effect", async () => {
  assert.deepEqual(await callDyingAt("before"), ["crashed at fs.change.rename"]);
});

test("a process that dies during a call has sent it", async () => {
  assert.deepEqual(await callDyingAt("during"), ["sent", "crashed at fs.change.rename", "done"]);
});

test("a process that dies after a call never learns of its answer", async () => {
  const seen = await callDyingAt("after");
  assert.ok(seen.includes("done") && seen.includes("crashed at fs.change.rename"));
  assert.ok(!seen.includes("answered"));
});

test("nothing that a dead process waits for ever comes", async () => {
  const life = createLife("west", () => undefined);
  const waiting = life.port("fs.read.status", () => drain());
  life.crash();
  const again = life.port("fs.read.status", () => assert.fail("a dead process called"));
  let settled = 0;
  for (const each of [waiting, again]) void each.finally(() => settled++);
  await drain();
  await drain();
  assert.equal(settled, 0);
  assert.equal(life.touch("clock"), false);
});
