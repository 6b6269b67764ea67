// A run as it is followed: steps with figures, live on a terminal, a line for each change elsewhere.
import assert from "node:assert/strict";
import { test } from "node:test";
import { runResource } from "@coeval/contract/api/run";
import { fakeIo, START_MS } from "../testing/fake-io.ts";
import { doneRun, failedRun, sampleRun, sendingRun } from "../testing/samples.ts";
import { createSpeed } from "./speed.ts";
import { stepLines } from "./steps.ts";
import { createTree } from "./tree.ts";

const seen = { nowMs: START_MS, bytesPerMs: null, gaveUpIn: null };
const lines = (run: object, more: object = {}) =>
  stepLines(runResource.parse(run), { ...seen, ...more }).map(({ state, title, detail }) =>
    `${state} ${title} ${detail}`.trim(),
  );

test("before the moment a countdown runs; after it the snapshots are being taken", () => {
  assert.equal(lines(sampleRun("armed"))[2], "active moment armed; the moment is in 3.0 s");
  assert.equal(
    lines(sampleRun("armed"), { nowMs: START_MS + 3001 })[2],
    "active moment snapshots are being taken",
  );
});

test("sending shows files, bytes, rate and time left; what is over shows how it went", () => {
  assert.deepEqual(lines(sendingRun, { bytesPerMs: 10_000 }), [
    "done opening",
    "done arming",
    "done moment 2026-11-21T10:00:03.000Z, exact, spread 0 ms",
    "active sending 1,203/2,000 files, 38.1 MiB of 76.3 MiB, 9.5 MiB/s, 4.0 s left, sending",
    "waiting verifying",
    "waiting sealing",
    "waiting closing",
  ]);
  assert.ok(lines(doneRun).every((line) => line.startsWith("done")));
  assert.equal(lines(doneRun)[3], "done sending 14 files, 1.4 MiB, 1 deletions");
});

test("a failure stands at the step where it happened", () => {
  const shown = lines(failedRun, { gaveUpIn: "arming" });
  assert.deepEqual(shown.slice(0, 3), [
    "done opening",
    "failed arming /data/sales/orders does not exist",
    "waiting moment",
  ]);
  assert.match(lines(failedRun)[0] ?? "", /^failed opening/);
});

test("speed is that of the last seconds and starts anew when the count does", () => {
  const speed = createSpeed();
  assert.equal(speed.bytesPerMs(), null);
  speed.note(0, 0);
  speed.note(1000, 100);
  assert.equal(speed.bytesPerMs(), null);
  for (let at = 1000; at <= 9000; at += 1000) speed.note(at * 2, at);
  assert.equal(speed.bytesPerMs(), 2);
  speed.note(10, 9100);
  assert.equal(speed.bytesPerMs(), null);
});

test("on a terminal the tree is drawn over itself and clipped to its width", () => {
  const io = fakeIo("", { isTerminal: true, env: { NO_COLOR: "1" } });
  const tree = createTree(io, false);
  const long = { state: "active", title: "sending", detail: `x\u001b[2Jx\n${"y".repeat(200)}` } as const;
  tree.show("sales", [long]);
  tree.show("sales", [{ ...long, state: "done", detail: "" }]);
  const drawn = io.err();
  assert.ok(drawn.includes("\u001b[2A"), "the second drawing goes two lines up");
  assert.ok(!drawn.includes("\u001b[2J"), "text from elsewhere steers nothing");
  for (const line of drawn.split("\n")) assert.ok((line.split("\u001b[2K").at(-1) ?? "").length <= 80);
});

test("piped, each step is told once when it begins and once when it is done; quiet tells nothing", () => {
  const io = fakeIo("");
  const tree = createTree(io, false);
  for (const run of [sampleRun("opening"), sampleRun("opening"), sendingRun, sendingRun, doneRun])
    tree.show("sales: run-1", stepLines(runResource.parse(run), seen));
  assert.ok(!io.err().includes("\u001b"));
  const told = io
    .err()
    .split("\n")
    .filter((line) => line.startsWith("sending"));
  assert.equal(told.length, 2);
  const silent = fakeIo("");
  createTree(silent, true).show("sales", stepLines(runResource.parse(doneRun), seen));
  assert.equal(silent.err(), "");
});
