import assert from "node:assert/strict";
import { test } from "node:test";
import type { TransferShare } from "@coeval/core/protect/instruction";
import { createSlots, type Slots } from "./slots.ts";

const never = new AbortController().signal;
const ignore = (): void => undefined;

function share(priority: number, moment = 1): TransferShare {
  return { bytesPerSecond: null, priority, moment };
}

async function turns(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}

/** Several ask; each holds its slot until it is told to end. */
function asking(slots: Slots) {
  const running: string[] = [];
  const ends = new Map<string, () => void>();
  return {
    running,
    ask(name: string, wanted: TransferShare, waits: (ahead: number) => void = ignore) {
      void slots.take(wanted, never, waits).then((giveBack) => {
        running.push(name);
        ends.set(name, giveBack);
      });
    },
    async end(name: string) {
      ends.get(name)?.();
      await turns();
    },
  };
}

test("two at a time; then the highest priority, of equals the earliest moment, of these who came first", async () => {
  const { running, ask, end } = asking(createSlots(2));
  ask("nightly", share(10));
  ask("logs", share(10));
  ask("reports", share(50, 2000));
  ask("orders", share(90, 3000));
  ask("items", share(50, 1000));
  ask("more items", share(50, 1000));
  await turns();
  assert.deepEqual(running, ["nightly", "logs"], "what moves is not stopped for anything that comes");
  for (const name of ["logs", "nightly", "orders", "items"]) await end(name);
  assert.deepEqual(running, ["nightly", "logs", "orders", "items", "more items", "reports"]);
});

test("who waits hears how many go before it, each time it changes", async () => {
  const { ask, end } = asking(createSlots(1));
  const heard: number[] = [];
  ask("first", share(50));
  ask("low", share(10), (ahead) => heard.push(ahead));
  ask("high", share(90));
  await turns();
  assert.deepEqual(heard, [1, 2]);
  await end("first");
  assert.deepEqual(heard, [1, 2, 1]);
});

test("one that is given up while it waits takes nobody's place", async () => {
  const slots = createSlots(1);
  const giveBack = await slots.take(share(50), never, ignore);
  const cancel = new AbortController();
  const given = assert.rejects(slots.take(share(90), cancel.signal, ignore), /given up/);
  const next = slots.take(share(10), never, ignore);
  cancel.abort(new Error("given up"));
  await given;
  giveBack();
  giveBack();
  (await next)();
  await slots.take(share(1), never, ignore);
  await assert.rejects(slots.take(share(1), cancel.signal, ignore), /given up/);
});
