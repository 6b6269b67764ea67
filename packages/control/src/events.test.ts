import assert from "node:assert/strict";
import { test } from "node:test";
import { startFakeControl } from "./testing/fake-control.ts";

test("a reader gets what was, then what comes, in order and without a gap, until it leaves", async () => {
  const { control, time } = await startFakeControl();
  const tell = (object: string) => control.write((tx) => tx.event("token", object));
  for (let i = 0; i < 250; i++) await tell(`token/${i}`);
  const leave = new AbortController();
  const seen: string[] = [];
  const reading = (async () => {
    for await (const event of control.events.subscribe(0, leave.signal)) seen.push(event.object);
  })();
  await time.settle();
  for (let i = 250; i < 300; i++) await tell(`token/${i}`);
  await time.settle();
  assert.deepEqual(
    seen,
    Array.from({ length: 300 }, (_, i) => `token/${i}`),
  );
  leave.abort();
  await reading;
  await tell("token/after");
  await time.settle();
  assert.equal(seen.length, 300);
});

test("what is rolled back is told to nobody", async () => {
  const { control, time } = await startFakeControl();
  const leave = new AbortController();
  const seen: string[] = [];
  const reading = (async () => {
    for await (const event of control.events.subscribe(0, leave.signal)) seen.push(event.object);
  })();
  const failed = control.write(async (tx) => {
    await tx.event("token", "token/lost");
    throw new Error("no");
  });
  await assert.rejects(failed, /no/);
  await time.settle();
  assert.deepEqual(seen, []);
  await control.stop();
  await reading;
});
