import assert from "node:assert/strict";
import { test } from "node:test";
import { joinBytes } from "@coeval/core/model/bytes";
import { FILE_WINDOW_BYTES_MAX } from "@coeval/contract/wire/transfer";
import { createInFlight } from "./in-flight.ts";
import { createIncoming, type Incoming } from "./incoming.ts";

const SHA256 = "a".repeat(64);
const turns = async () => {
  for (let i = 0; i < 50; i++) await Promise.resolve();
};

/** Whether a promise has settled by now. */
async function settled(promise: Promise<unknown>): Promise<boolean> {
  let done = false;
  const note = (): void => void (done = true);
  promise.then(note, note);
  await turns();
  return done;
}

test("the sender goes on to the window's edge, and further as the receiver takes", async () => {
  const flights = createInFlight();
  const flight = flights.open(1);
  await flight.room(FILE_WINDOW_BYTES_MAX - 10);
  await flight.room(10);
  const more = flight.room(100);
  assert.equal(await settled(more), false);
  flights.hear({ say: "took", channel: 1, bytes: 50 });
  assert.equal(await settled(more), false);
  flights.hear({ say: "took", channel: 1, bytes: 50 });
  assert.equal(await settled(more), true);
});

test("a part larger than the window is sent when nothing else is under way", async () => {
  const flight = createInFlight().open(1);
  await flight.room(FILE_WINDOW_BYTES_MAX * 2);
  assert.equal(await settled(flight.room(1)), false);
});

test("the peer's words reach the file they are about", async () => {
  const flights = createInFlight();
  const [one, two] = [flights.open(1), flights.open(2)];
  flights.hear({ say: "want", channel: 1 });
  flights.hear({ say: "have", channel: 2, sha256: SHA256 });
  flights.hear({ say: "done", channel: 1, sha256: SHA256 });
  assert.equal((await one.answered).say, "want");
  assert.deepEqual(await two.answered, { say: "have", channel: 2, sha256: SHA256 });
  assert.equal(await one.done, SHA256);
  assert.equal(await settled(two.done), false);
});

test("words about a file that is not under way, or bytes that were never sent, are a breach", () => {
  const flights = createInFlight();
  flights.open(1);
  assert.throws(() => flights.hear({ say: "want", channel: 2 }), {
    code: "protocol",
    message: /file 2, which is not under way/,
  });
  assert.throws(() => flights.hear({ say: "took", channel: 1, bytes: 1 }), {
    code: "protocol",
    message: /fewer bytes were sent/,
  });
  flights.close(1);
  assert.throws(() => flights.hear({ say: "done", channel: 1, sha256: SHA256 }), { code: "protocol" });
});

test("when the stream breaks, everything awaited rejects with the cause, what is asked for later too", async () => {
  const flights = createInFlight();
  const flight = flights.open(1);
  await flight.room(FILE_WINDOW_BYTES_MAX);
  const waiting = [flight.answered, flight.done, flight.room(1)];
  flights.fail(new Error("cut"));
  flights.fail(new Error("later"));
  for (const one of waiting) await assert.rejects(one, /cut/);
  await assert.rejects(flight.room(1), /cut/);
  await assert.rejects(flights.open(2).answered, /cut/);
  // The peer's last words may still be read; they bring nothing back.
  flights.hear({ say: "took", channel: 1, bytes: 1 });
  await assert.rejects(flight.room(1), /cut/);
});

const CHUNK_BYTES = 128 * 1024;

/** An incoming file and what was acknowledged of it. */
function incoming(lengthBytes = FILE_WINDOW_BYTES_MAX) {
  const took: number[] = [];
  return { took, file: createIncoming(async (bytes) => void took.push(bytes), lengthBytes) };
}

/** All that comes out; each chunk is copied, for it is good only until the next. */
async function read(file: Incoming): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of file.content()) chunks.push(chunk.slice());
  return chunks;
}

test("what came comes out in order, as soon as there is something, until the end", async () => {
  const { took, file } = incoming();
  const reading = read(file);
  file.push(Uint8Array.of(1, 2));
  await turns();
  file.push(Uint8Array.of(3));
  file.push(Uint8Array.of(4));
  file.end(SHA256);
  assert.deepEqual(await reading, [Uint8Array.of(1, 2), Uint8Array.of(3, 4)]);
  assert.deepEqual([took, file.sha256()], [[], SHA256]);
});

test("a reader that is slower than the network gets full chunks, and every byte of them", async () => {
  const { file } = incoming();
  const bytes = new Uint8Array(3 * CHUNK_BYTES + 5).map((_, index) => index % 251);
  for (let at = 0; at < bytes.length; at += 10_007) file.push(bytes.subarray(at, at + 10_007));
  file.end(SHA256);
  const chunks = await read(file);
  assert.deepEqual(
    chunks.map(({ length }) => length),
    [CHUNK_BYTES, CHUNK_BYTES, CHUNK_BYTES, 5],
  );
  assert.ok(Buffer.from(joinBytes(chunks)).equals(bytes));
});

test("memory is filled again and again, and never while the reader has it", async () => {
  const { file } = incoming();
  const memory = new Set<ArrayBufferLike>();
  const reading = (async () => {
    let next = 0;
    for await (const chunk of file.content()) {
      memory.add(chunk.buffer);
      await turns();
      for (const byte of chunk) assert.equal(byte, next++ % 251);
    }
    return next;
  })();
  let next = 0;
  for (let piece = 0; piece < 200; piece++) {
    file.push(new Uint8Array(CHUNK_BYTES / 8).map(() => next++ % 251));
    await turns();
  }
  file.end(SHA256);
  assert.equal(await reading, 25 * CHUNK_BYTES);
  assert.ok(memory.size <= 4, `${memory.size} buffers`);
});

test("what nobody takes is not acknowledged, and more than the window is refused", async () => {
  const { took, file } = incoming();
  const part = new Uint8Array(FILE_WINDOW_BYTES_MAX / 4);
  for (let i = 0; i < 4; i++) file.push(part);
  await turns();
  assert.deepEqual(took, []);
  assert.throws(() => file.push(Uint8Array.of(1)), {
    code: "protocol",
    message: /more content than the window allows/,
  });
});

test("a chunk in the writer's hands still counts; a quarter of a window that it has done with is acknowledged", async () => {
  const { took, file } = incoming();
  file.push(new Uint8Array(FILE_WINDOW_BYTES_MAX));
  const content = file.content();
  await content.next();
  assert.throws(() => file.push(Uint8Array.of(2)), { code: "protocol" });
  await content.next();
  assert.deepEqual(took, []);
  await content.next();
  assert.deepEqual(took, [FILE_WINDOW_BYTES_MAX / 4]);
});

test("content after the end is refused", () => {
  const { file } = incoming();
  file.end(SHA256);
  assert.throws(() => file.push(Uint8Array.of(1)), { code: "protocol" });
});

test("a chunk is the file's own: the network may use its buffer again", async () => {
  const { file } = incoming();
  const buffer = Uint8Array.of(7);
  file.push(buffer);
  buffer[0] = 8;
  file.end(SHA256);
  assert.deepEqual(await read(file), [Uint8Array.of(7)]);
});

test("a file that fails rejects its reader, whether it waits or comes later", async () => {
  const { file } = incoming();
  const reading = assert.rejects(Array.fromAsync(file.content()), /gone/);
  await turns();
  file.fail(new Error("gone"));
  await reading;
  await assert.rejects(Array.fromAsync(file.content()), /gone/);
});

test("an empty file is an end and nothing else", async () => {
  const { took, file } = incoming();
  file.end(SHA256);
  assert.deepEqual([await Array.fromAsync(file.content()), took], [[], []]);
});
