import assert from "node:assert/strict";
import { test } from "node:test";
import { type Channel } from "@coeval/contract/wire/channel";
import type { Frame } from "@coeval/contract/wire/frame";
import { createFakeTime, type FakeTime } from "../testing/fake-time.ts";
import { createThrottle } from "./throttle.ts";
import { throttledChannel } from "./throttled.ts";

const MIB = 1024 * 1024;
const never = new AbortController().signal;

/** Time that passes on its own while the work goes on; how long it took. */
async function tookMs(time: FakeTime, work: Promise<unknown>): Promise<number> {
  const beganMs = time.nowMs;
  await time.until(work);
  return time.nowMs - beganMs;
}

test("64 MiB at 8 MiB/s take 8 s, in whatever parts they come", async () => {
  for (const part of [4096, 64 * 1024, MIB]) {
    const time = createFakeTime();
    const throttle = createThrottle(time.clock(), 8 * MIB);
    const all = async () => {
      for (let done = 0; done < 64 * MIB; done += part) await throttle.take(part, never);
    };
    const took = await tookMs(time, all());
    assert.ok(took > 7850 && took < 8050, `${part}: ${took} ms`);
  }
});

test("those who share a throttle take no more together than it allows", async () => {
  const time = createFakeTime();
  const throttle = createThrottle(time.clock(), MIB);
  const one = async () => {
    for (let done = 0; done < 40; done++) await throttle.take(64 * 1024, never);
  };
  const took = await tookMs(time, Promise.all([one(), one()]));
  assert.ok(took > 4850 && took < 5050, `${took} ms`);
});

test("a pause gives no right to catch up: the credit is bounded", async () => {
  const time = createFakeTime();
  const throttle = createThrottle(time.clock(), MIB);
  await time.until(throttle.take(MIB, never));
  await time.advance(60_000);
  const took = await tookMs(time, throttle.take(MIB, never));
  assert.ok(took >= 900, `${took} ms`);
});

/** A channel that notes what goes out, and whose frames come from a list. */
function noting(frames: (Frame | null)[] = []) {
  const sent: number[] = [];
  const channel: Channel = {
    peer: { kind: "stranger" },
    send: async () => undefined,
    sendBytes: async (_number, content) => void sent.push(content.length),
    receive: async () => frames.shift() ?? null,
    close: () => undefined,
  };
  return { channel, sent };
}

test("content goes out in parts of a quarter of a second; short messages wait for nothing", async () => {
  const time = createFakeTime();
  const { channel, sent } = noting();
  const throttled = throttledChannel(channel, [createThrottle(time.clock(), 400_000)]);
  await throttled.send({ say: "finish" });
  assert.equal(time.nowMs, 0);
  const took = await tookMs(time, throttled.sendBytes(1, new Uint8Array(200_000)));
  assert.deepEqual(sent, [100_000, 100_000]);
  assert.ok(took >= 390 && took <= 500, `${took} ms`);
});

test("changes are throttled like content: a million of them are data too", async () => {
  const time = createFakeTime();
  const throttled = throttledChannel(noting().channel, [createThrottle(time.clock(), 1000)]);
  const took = await tookMs(time, throttled.send({ say: "changes", changes: ["x".repeat(5000)] }));
  assert.ok(took > 4800 && took < 5200, `${took} ms`);
});

test("of several throttles the slowest holds, for what comes in as well", async () => {
  const time = createFakeTime();
  const bytes: Frame = { kind: "bytes", channel: 1, content: new Uint8Array(100_000) };
  const throttles = [createThrottle(time.clock(), 1e9), createThrottle(time.clock(), 50_000)];
  const took = await tookMs(time, throttledChannel(noting([bytes]).channel, throttles).receive());
  assert.ok(took > 1800 && took < 2050, `${took} ms`);
});

test("when the stream ends, what waits for its time is let go", async () => {
  const time = createFakeTime();
  const throttled = throttledChannel(noting().channel, [createThrottle(time.clock(), 1000)]);
  const sending = assert.rejects(throttled.sendBytes(1, new Uint8Array(100_000)), { code: "unreachable" });
  await time.settle();
  assert.equal(await throttled.receive(), null);
  await sending;
  assert.ok(time.nowMs < 10_000);
});

test("without a throttle the channel is the channel", () => {
  const { channel } = noting();
  assert.equal(throttledChannel(channel, []), channel);
});
