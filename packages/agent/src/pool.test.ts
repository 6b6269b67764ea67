import assert from "node:assert/strict";
import { test } from "node:test";
import { inParallel, mapInOrder } from "./pool.ts";
import { createFakeTime } from "./testing/fake-time.ts";

async function* upTo(count: number, over?: () => void): AsyncGenerator<number> {
  try {
    for (let i = 1; i <= count; i++) yield i;
  } finally {
    over?.();
  }
}

/** Work that takes virtual time, and what was seen of it. */
function workshop() {
  const time = createFakeTime();
  const clock = time.clock();
  const seen = { now: 0, most: 0, begun: [] as number[], ended: [] as number[] };
  return {
    time,
    seen,
    async work(item: number, ms: number, fail = false): Promise<number> {
      seen.begun.push(item);
      seen.most = Math.max(seen.most, ++seen.now);
      await clock.sleep(ms);
      seen.now--;
      seen.ended.push(item);
      if (fail) throw new Error(`no ${item}`);
      return item * 10;
    },
  };
}

test("all items are worked at, never more at once than the width, begun in their order", async () => {
  const { time, seen, work } = workshop();
  await time.until(inParallel(upTo(20), 4, async (item) => void (await work(item, item === 1 ? 1000 : 5))));
  assert.equal(seen.most, 4);
  assert.deepEqual(
    seen.begun,
    Array.from({ length: 20 }, (_, index) => index + 1),
  );
  assert.equal(seen.ended.at(-1), 1, "a slow one does not keep the others from going on");
});

test("the first failure stops all: nothing new begins, what runs ends, and the items are closed", async () => {
  const { time, seen, work } = workshop();
  let closed = false;
  const items = upTo(1000, () => void (closed = true));
  const all = inParallel(items, 4, async (item) => void (await work(item, item * 10, item === 2)));
  await assert.rejects(time.until(all), /no 2/);
  assert.deepEqual([seen.now, closed], [0, true]);
  assert.ok(seen.begun.length <= 6, `${seen.begun.length} were begun`);
});

test("items that fail to come are a failure too", async () => {
  async function* broken(): AsyncGenerator<number> {
    yield 1;
    throw new Error("cut");
  }
  const { time, seen, work } = workshop();
  await assert.rejects(
    time.until(inParallel(broken(), 4, async (item) => void (await work(item, 5)))),
    /cut/,
  );
  assert.deepEqual(seen.ended, [1]);
});

test("mapped in order, however long each takes", async () => {
  const { time, seen, work } = workshop();
  const mapped = Array.fromAsync(mapInOrder(upTo(10), 3, (item) => work(item, 50 - item)));
  assert.deepEqual(await time.until(mapped), [10, 20, 30, 40, 50, 60, 70, 80, 90, 100]);
  assert.equal(seen.most, 3);
});

test("a failure is met at its turn, and nothing is left running behind", async () => {
  const { time, seen, work } = workshop();
  const mapped = Array.fromAsync(
    mapInOrder(upTo(100), 3, (item) => work(item, item === 2 ? 1 : 20, item === 2)),
  );
  await assert.rejects(time.until(mapped), /no 2/);
  assert.equal(seen.now, 0);
});

test("whoever stops taking the mapped leaves nothing running", async () => {
  const { time, seen, work } = workshop();
  const takeTwo = async (): Promise<number[]> => {
    const taken: number[] = [];
    for await (const one of mapInOrder(upTo(100), 3, (item) => work(item, 5)))
      if (taken.push(one) === 2) break;
    return taken;
  };
  assert.deepEqual(await time.until(takeTwo()), [10, 20]);
  assert.equal(seen.now, 0);
});
