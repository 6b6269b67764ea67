import assert from "node:assert/strict";
import { test } from "node:test";
import type { Stream } from "@coeval/core/ports/network";
import { channelOn } from "./channel.ts";
import { CONTENT_BYTES_MAX, encodeJson, frameDecoder } from "./frame.ts";

interface FakeStream extends Stream {
  readonly written: Uint8Array[];
  /** Of each write: the stream holds nothing of it any more. */
  readonly sent: (() => void)[];
  /** Lets the next pending write through, or break. */
  settle(failure?: Error): Promise<void>;
  readonly closed: string[];
}

/** A stream whose reads come from a list, and whose writes wait until they are let through. */
function streamOf(reads: readonly (Uint8Array | null | Error)[] = []): FakeStream {
  const incoming = [...reads];
  const pending: PromiseWithResolvers<void>[] = [];
  const stream: FakeStream = {
    peer: { kind: "stranger" },
    written: [],
    sent: [],
    closed: [],
    async read() {
      const next = incoming.shift() ?? null;
      if (next instanceof Error) throw next;
      return next;
    },
    write(bytes, sent) {
      stream.written.push(bytes);
      stream.sent.push(sent ?? (() => undefined));
      const write = Promise.withResolvers<void>();
      pending.push(write);
      return write.promise;
    },
    close: (reason) => void stream.closed.push(reason),
    async settle(failure) {
      const write = pending.shift();
      assert.ok(write, "nothing is being written");
      if (failure) write.reject(failure);
      else write.resolve();
      for (let i = 0; i < 10; i++) await Promise.resolve();
    },
  };
  return stream;
}

const said = (stream: FakeStream) => {
  const decoder = frameDecoder();
  return stream.written
    .flatMap((bytes) => decoder.push(bytes))
    .map((frame) => (frame.kind === "json" ? frame.value : frame.channel));
};

test("messages go out in the order in which they were said, one write at a time", async () => {
  const stream = streamOf();
  const channel = channelOn(stream);
  const done: unknown[] = [];
  const all = [1, 2].map((value) => channel.send(value).then(() => done.push(value)));
  const bytes = channel.sendBytes(9, Uint8Array.of(1)).then(() => done.push("bytes"));
  await Promise.resolve();
  assert.deepEqual([said(stream), done], [[1], []]);
  await stream.settle();
  assert.deepEqual([said(stream), done], [[1, 2], [1]]);
  await stream.settle();
  await stream.settle();
  await Promise.all([...all, bytes]);
  assert.deepEqual(
    [said(stream), done],
    [
      [1, 2, 9],
      [1, 2, "bytes"],
    ],
  );
});

test("content is copied at once, and a frame's memory is filled again when the stream has sent it, not before", async () => {
  const stream = streamOf();
  const channel = channelOn(stream);
  const content = new Uint8Array(CONTENT_BYTES_MAX);
  const send = async (value: number): Promise<ArrayBufferLike> => {
    const sending = channel.sendBytes(1, content.fill(value));
    content.fill(0xdd);
    for (let i = 0; i < 10; i++) await Promise.resolve();
    await stream.settle();
    await sending;
    const frame = stream.written.at(-1) ?? new Uint8Array();
    assert.equal(frame.at(-1), value);
    return frame.buffer;
  };
  const [first, second] = [await send(1), await send(2)];
  assert.notEqual(first, second);
  stream.sent[0]?.();
  assert.equal(await send(3), first);
  assert.notEqual(await send(4), second);
});

test("a write that breaks is its caller's failure; the next one is tried and fails by itself", async () => {
  const stream = streamOf();
  const channel = channelOn(stream);
  const first = assert.rejects(channel.send(1), /cut/);
  const second = assert.rejects(channel.send(2), /cut again/);
  await Promise.resolve();
  await stream.settle(new Error("cut"));
  await stream.settle(new Error("cut again"));
  await Promise.all([first, second]);
});

test("frames come in one by one, though many came in one piece; then the orderly end", async () => {
  const piece = Uint8Array.from([1, 2, 3].flatMap((value) => [...encodeJson(value)]));
  const channel = channelOn(streamOf([piece.subarray(0, 8), piece.subarray(8), null]));
  const values: unknown[] = [];
  for (let frame = await channel.receive(); frame; frame = await channel.receive())
    values.push(frame.kind === "json" && frame.value);
  assert.deepEqual(values, [1, 2, 3]);
});

test("an end within a frame, garbage, and a broken stream are failures, not ends", async () => {
  const cut = channelOn(streamOf([encodeJson({ a: 1 }).subarray(0, 7), null]));
  await assert.rejects(cut.receive(), { code: "protocol", message: /ended within a frame/ });
  await assert.rejects(channelOn(streamOf([Uint8Array.of(0, 0, 0, 0, 9)])).receive(), { code: "protocol" });
  await assert.rejects(channelOn(streamOf([new Error("reset")])).receive(), /reset/);
});

test("closing closes the stream and says why", () => {
  const stream = streamOf();
  channelOn(stream).close("over");
  assert.deepEqual(stream.closed, ["over"]);
});
