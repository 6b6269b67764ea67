import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { after, test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { connect as tlsConnect } from "node:tls";
import { CoevalError } from "@coeval/core/errors";
import type { Stream } from "@coeval/core/ports/network";
import { parseAddress } from "./address.ts";
import { createTlsNetwork } from "./network.ts";
import { createParties, keptLog } from "./testing/parties.ts";

const MIB = 1024 * 1024;
/** What the kernel's buffers and ours may hold of one stream on loopback. */
const IN_FLIGHT_BYTES_MAX = 24 * MIB;

const parties = await createParties();
const network = createTlsNetwork({ log: keptLog() }, { identity: await parties.agent() });
let arrive: (stream: Stream) => void = () => undefined;
const listener = await network.listen("127.0.0.1:0", (stream) => arrive(stream));
after(() => listener.close());

/** Both ends of a new stream. */
async function pair(): Promise<[dialled: Stream, accepted: Stream]> {
  const { promise, resolve } = Promise.withResolvers<Stream>();
  arrive = resolve;
  return [await network.connect(listener.address), await promise];
}

for (const way of ["from the dialling end", "from the accepting end"]) {
  test(`a slow reader holds the writer back; memory stays flat (${way})`, async () => {
    const ends = await pair();
    const [writer, reader] = way === "from the dialling end" ? ends : (ends.toReversed() as [Stream, Stream]);
    const total = 256 * MIB;
    const block = Buffer.alloc(MIB / 4, 1);
    const before = process.memoryUsage().arrayBuffers;
    let written = 0;
    let read = 0;
    let gapMax = 0;
    let memoryMax = 0;
    const writing = (async () => {
      for (; written < total; written += block.length) {
        await writer.write(block);
        gapMax = Math.max(gapMax, written + block.length - read);
      }
      writer.close("all is written");
    })();
    for (let bytes = await reader.read(); bytes !== null; bytes = await reader.read()) {
      read += bytes.length;
      if (read % (4 * MIB) < bytes.length) {
        memoryMax = Math.max(memoryMax, process.memoryUsage().arrayBuffers - before);
        for (let turn = 0; turn < 50; turn++) await nextTurn();
      }
    }
    await writing;
    assert.equal(read, total);
    assert.ok(gapMax < IN_FLIGHT_BYTES_MAX, `${gapMax} bytes were in flight`);
    assert.ok(memoryMax < 64 * MIB, `${memoryMax} bytes of buffers`);
  });
}

test("a write to somebody who does not read at all waits, and is freed by the close", async () => {
  const [writer, reader] = await pair();
  const block = Buffer.alloc(MIB);
  let accepted = 0;
  const writing = (async () => {
    for (;;) {
      await writer.write(block);
      accepted += block.length;
    }
  })();
  // The loop above ends only by the close, which comes once nothing is accepted any more for many turns.
  for (let still = 0, seen = -1; still < 2000; still = accepted === seen ? still + 1 : 0) {
    seen = accepted;
    await nextTurn();
  }
  assert.ok(accepted < IN_FLIGHT_BYTES_MAX, `${accepted} bytes were accepted`);
  writer.close("enough");
  await assert.rejects(writing, /enough/);
  reader.close("done");
});

test("what was accepted before the close arrives, then comes the end", async () => {
  const [writer, reader] = await pair();
  const block = Buffer.alloc(100_000, 5);
  for (let i = 0; i < 10; i++) await writer.write(block);
  writer.close("all said");
  let read = 0;
  for (let bytes = await reader.read(); bytes !== null; bytes = await reader.read()) read += bytes.length;
  assert.equal(read, 1_000_000);
  assert.equal(await reader.read(), null, "the end stays the end");
});

test("the close is heard though the closing end never read what was sent to it", async () => {
  const [one, other] = await pair();
  await other.write(Buffer.alloc(200_000));
  await one.write(Buffer.from("last word"));
  one.close("bye");
  assert.equal(Buffer.from((await other.read()) ?? []).toString(), "last word");
  assert.equal(await other.read(), null);
});

test("a close ends pending reads and writes with its reason, and may be repeated", async () => {
  const [stream] = await pair();
  const reading = stream.read();
  stream.close("the process is stopping");
  stream.close("again");
  const isClosed = (thrown: unknown) =>
    thrown instanceof CoevalError && thrown.message.includes("the process is stopping");
  await assert.rejects(reading, isClosed);
  await assert.rejects(stream.read(), isClosed);
  await assert.rejects(stream.write(Buffer.from("x")), isClosed);
});

test("a connection that is reset rejects pending reads and all later calls", async () => {
  const { promise, resolve } = Promise.withResolvers<Stream>();
  arrive = resolve;
  const identity = await parties.agent("b", "breaker");
  const raw = connect(parseAddress(listener.address));
  const socket = tlsConnect({
    socket: raw,
    key: identity.key,
    cert: identity.certificate,
    rejectUnauthorized: false,
  });
  await once(socket, "data");
  const stream = await promise;
  const reading = stream.read();
  raw.resetAndDestroy();
  const isBroken = (thrown: unknown) => thrown instanceof CoevalError && thrown.code === "unreachable";
  await assert.rejects(reading, isBroken);
  await assert.rejects(stream.write(Buffer.from("x")), isBroken);
});

test("writes that are not waited for keep their order; one reader at a time", async () => {
  const [writer, reader] = await pair();
  const writes = [];
  for (let i = 0; i < 64; i++) writes.push(writer.write(Buffer.alloc(50_000, i)));
  let position = 0;
  while (position < 64 * 50_000) {
    const bytes = await reader.read();
    assert.ok(bytes);
    for (const byte of bytes) assert.equal(byte, Math.floor(position++ / 50_000));
  }
  await Promise.all(writes);
  const waiting = reader.read();
  await assert.rejects(reader.read(), /one reader/);
  writer.close("done");
  assert.equal(await waiting, null);
});

test("bytes may be changed once the stream says that they are sent: nothing of them is held any more", async () => {
  const [writer, reader] = await pair();
  const blocks = 200;
  const spare: Buffer[] = [];
  const memory = new Set<Buffer>();
  const writing = (async () => {
    for (let block = 0; block < blocks; block++) {
      const bytes = spare.pop() ?? Buffer.alloc(MIB / 4);
      memory.add(bytes);
      bytes.fill(block % 251);
      await writer.write(bytes, () => {
        bytes.fill(0xff);
        spare.push(bytes);
      });
    }
    writer.close("all is written");
  })();
  let read = 0;
  for (let bytes = await reader.read(); bytes !== null; bytes = await reader.read()) {
    assert.equal(Buffer.isBuffer(bytes), false, "slice() of a piece copies");
    for (const byte of bytes) {
      if (byte !== Math.floor(read / (MIB / 4)) % 251) assert.fail(`${byte} at ${read}`);
      read++;
    }
  }
  await writing;
  assert.equal(read, (blocks * MIB) / 4);
  assert.ok(memory.size < 10, `${memory.size} blocks were held`);
});
