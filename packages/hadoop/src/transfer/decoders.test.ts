/** Every decoder of data transfer against what a DataNode sends and against what nobody should: no crash, no hang, and
 * nothing allocated that a frame only claims. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { create, toBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import {
  BlockOpResponseProtoSchema,
  PipelineAckProtoSchema,
  Status,
} from "../proto/generated/datatransfer_pb.ts";
import { type ByteInput, createByteInput } from "./byte-input.ts";
import { joined } from "./chunk-sums.ts";
import { delimited, readDelimited } from "./delimited.ts";
import { TransferFault } from "./fault.ts";
import { insistOnSuccess, readAnswer } from "./operation.ts";
import {
  decodePacketHeader,
  HEADER_BYTES,
  LENGTHS_BYTES,
  readLengths,
  writePacketHead,
} from "./packet-header.ts";
import { decodePipelineAck, failedPlace } from "./pipeline-ack.ts";

/** Frames of a real DataNode of Hadoop 3.4.2. */
const RECORDED_HEADER = "090000000000000000110000000000000000180025bc020000";
const RECORDED_ACK = "080210001800220100";
const FUZZ_RUNS = 20_000;

function inputOf(...pieces: readonly Uint8Array[]): ByteInput {
  const left = pieces.filter(({ length }) => length > 0);
  return createByteInput({ read: async () => left.shift() ?? null });
}

/** Runs `decode` on random bytes, and on `seed` with a few bytes changed; only TransferFaults may come out. */
function fuzz(seed: Uint8Array, decode: (bytes: Uint8Array) => void): void {
  const changed = fc
    .array(fc.tuple(fc.nat({ max: Math.max(0, seed.length - 1) }), fc.nat({ max: 255 })), { maxLength: 4 })
    .map((changes) => {
      const bytes = seed.slice();
      for (const [at, value] of changes) bytes[at] = value;
      return bytes;
    });
  const cut = fc.tuple(changed, fc.nat({ max: seed.length })).map(([bytes, end]) => bytes.subarray(0, end));
  fc.assert(
    fc.property(fc.oneof(changed, cut, fc.uint8Array({ maxLength: 64 })), (bytes) => {
      try {
        decode(bytes);
      } catch (error) {
        if (!(error instanceof TransferFault) || error.kind !== "malformed") throw error;
      }
    }),
    { numRuns: FUZZ_RUNS },
  );
}

describe("a packet's header", () => {
  test("as a DataNode writes it", () => {
    const header = decodePacketHeader(Uint8Array.fromHex(RECORDED_HEADER));
    assert.deepEqual(header, { offsetBytes: 0, sequence: 0, last: false, dataBytes: 700, sync: false });
  });

  test("is read as it was written, with its lengths before it", () => {
    const header = { offsetBytes: 2 ** 40 + 7, sequence: -1, last: true, dataBytes: 70_000, sync: true };
    const packet = new Uint8Array(LENGTHS_BYTES + HEADER_BYTES);
    writePacketHead(packet, header, 548);
    assert.deepEqual(readLengths(packet), { bodyBytes: 70_548, headerBytes: HEADER_BYTES });
    assert.deepEqual(decodePacketHeader(packet.subarray(LENGTHS_BYTES)), header);
  });

  test("lengths beyond their bounds are refused before anything is read", () => {
    for (const [body, header] of [
      [-1, 25],
      [2 ** 31 - 1, 25],
      [17 * 1024 * 1024, 25],
      [100, 0],
      [100, -3],
      [100, 2_000],
    ] as const) {
      const lengths = new Uint8Array(LENGTHS_BYTES);
      const view = new DataView(lengths.buffer);
      view.setInt32(0, body);
      view.setInt16(4, header);
      assert.throws(() => readLengths(lengths), TransferFault);
    }
  });

  test("garbage is refused", () => fuzz(Uint8Array.fromHex(RECORDED_HEADER), decodePacketHeader));
});

describe("an acknowledgement", () => {
  test("as a DataNode writes it", () => {
    assert.deepEqual(decodePipelineAck(Uint8Array.fromHex(RECORDED_ACK)), { sequence: 1, statuses: [0] });
  });

  test("is read as the protocol's own encoder writes it", () => {
    const statuses = fc.array(fc.constantFrom(...Object.values(Status)), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(fc.integer({ min: -2 }), statuses, (sequence, reply) => {
        const message = create(PipelineAckProtoSchema, { seqno: BigInt(sequence), reply });
        const ack = decodePipelineAck(toBinary(PipelineAckProtoSchema, message));
        assert.deepEqual(ack, { sequence, statuses: reply });
        assert.equal(
          failedPlace(ack),
          reply.findLastIndex((status) => status !== Status.SUCCESS),
        );
      }),
    );
  });

  test("flags win over replies, and only their status counts", () => {
    const message = { seqno: 7n, reply: [Status.SUCCESS], flag: [0b10_0000 | Status.ERROR] };
    const bytes = toBinary(PipelineAckProtoSchema, create(PipelineAckProtoSchema, message));
    assert.deepEqual(decodePipelineAck(bytes), { sequence: 7, statuses: [Status.ERROR] });
  });

  test("garbage is refused", () => fuzz(Uint8Array.fromHex(RECORDED_ACK), decodePipelineAck));
});

describe("an answer", () => {
  const answer = toBinary(
    BlockOpResponseProtoSchema,
    create(BlockOpResponseProtoSchema, {
      status: Status.ERROR_ACCESS_TOKEN,
      message: "expired\n\tat org.apache",
    }),
  );

  test("comes whole, however it is cut up", async () => {
    const frame = delimited(answer);
    for (let at = 0; at <= frame.length; at++) {
      const found = await readAnswer(inputOf(frame.subarray(0, at), frame.subarray(at)));
      assert.throws(() => insistOnSuccess(found), {
        kind: "token",
        message: "answered ERROR_ACCESS_TOKEN: expired",
      });
    }
  });

  test("that is longer than it may be is refused before it is waited for", async () => {
    const claim = Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x0f);
    await assert.rejects(readDelimited(inputOf(claim), 1_000), { kind: "malformed" });
    await assert.rejects(readDelimited(inputOf(Uint8Array.of(255, 255, 255, 255, 255, 1)), 1_000), {
      kind: "malformed",
    });
  });

  test("garbage is refused", async () => {
    const seed = delimited(answer);
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 64 }),
      fc
        .tuple(fc.nat({ max: seed.length - 1 }), fc.nat({ max: 255 }))
        .map(([at, value]) => seed.with(at, value)),
    );
    await fc.assert(
      fc.asyncProperty(bytes, async (frame) => {
        try {
          await readAnswer(inputOf(frame));
        } catch (error) {
          const isExpected =
            error instanceof TransferFault || (error instanceof Error && error.name === "EndOfStream");
          if (!isExpected) throw error;
        }
      }),
      { numRuns: FUZZ_RUNS / 10 },
    );
  });
});

describe("bytes as they come", () => {
  test("are taken in other pieces than they came in", async () => {
    const cuts = fc.array(fc.uint8Array({ minLength: 1, maxLength: 20 }), { maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(cuts, fc.array(fc.nat({ max: 30 })), async (pieces, takes) => {
        const whole = joined(pieces);
        const input = inputOf(...pieces);
        let at = 0;
        for (const count of takes) {
          if (at + count > whole.length) break;
          await input.need(count);
          if (count > 0) assert.equal(input.peek(count - 1), whole[at + count - 1]);
          const taken = count % 2 === 0 ? input.take(count) : joined(input.takePieces(count));
          assert.deepEqual([...taken], [...whole.subarray(at, at + count)]);
          at += count;
        }
        await assert.rejects(input.need(whole.length - at + 1), { name: "EndOfStream" });
      }),
    );
  });
});
