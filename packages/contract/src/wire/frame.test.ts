import { joinBytes } from "@coeval/core/model/bytes";
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  bytesFrameBytes,
  CONTENT_BYTES_MAX,
  encodeBytes as encodeBytesInto,
  encodeJson,
  type Frame,
  frameDecoder,
  JSON_BYTES_MAX,
} from "./frame.ts";

const encodeBytes = (channel: number, content: Uint8Array): Uint8Array =>
  encodeBytesInto(new Uint8Array(bytesFrameBytes(content.length)), channel, [content]);

const MESSAGES: readonly Frame[] = [
  { kind: "json", value: { say: "open", names: ["ä", "𝒳", ""], deep: { none: null } } },
  { kind: "bytes", channel: 7, content: Uint8Array.of(1, 2, 3) },
  { kind: "bytes", channel: 0xffff_ffff, content: new Uint8Array(0) },
  { kind: "json", value: 0 },
];

function encoded(frames: readonly Frame[]): Uint8Array {
  return joinBytes(
    frames.map((frame) =>
      frame.kind === "json" ? encodeJson(frame.value) : encodeBytes(frame.channel, frame.content),
    ),
  );
}

/** What a decoder makes of pieces; content that came in parts is put together. */
function decoded(pieces: readonly Uint8Array[]): Frame[] {
  const decoder = frameDecoder();
  const frames: Frame[] = [];
  for (const piece of pieces) {
    const bytes = piece.slice();
    for (const frame of decoder.push(bytes)) {
      const last = frames.at(-1);
      if (frame.kind === "json") frames.push(frame);
      else if (last?.kind === "bytes" && last.channel === frame.channel)
        frames.splice(-1, 1, { ...last, content: joinBytes([last.content, frame.content]) });
      else frames.push({ ...frame, content: frame.content.slice() });
    }
    // What is kept was copied: the stream may fill its memory again.
    bytes.fill(0xdd);
  }
  assert.equal(decoder.unfinished, false);
  return frames;
}

test("frames come out as they went in, wherever the stream was cut", () => {
  const bytes = encoded(MESSAGES);
  for (let first = 0; first <= bytes.length; first++)
    for (let second = first; second <= bytes.length; second += 3)
      assert.deepEqual(
        decoded([bytes.subarray(0, first), bytes.subarray(first, second), bytes.subarray(second)]),
        MESSAGES,
        `cut at ${first} and ${second}`,
      );
  assert.deepEqual(decoded([...bytes].map((byte) => Uint8Array.of(byte))), MESSAGES);
});

test("the largest frames are taken, anything beyond is refused before a byte of it is gathered", () => {
  const content = new Uint8Array(CONTENT_BYTES_MAX).fill(9);
  const text = "x".repeat(JSON_BYTES_MAX - 2);
  const [bytes, json] = decoded([encodeBytes(1, content), encodeJson(text)]);
  assert.deepEqual(bytes, { kind: "bytes", channel: 1, content });
  assert.deepEqual(json, { kind: "json", value: text });
  assert.throws(() => encodeBytes(1, new Uint8Array(CONTENT_BYTES_MAX + 1)), { code: "too-large" });
  assert.throws(() => encodeJson(`${text}x`), { code: "too-large" });
  for (const header of [
    [...u32(JSON_BYTES_MAX + 1), 1],
    [...u32(CONTENT_BYTES_MAX + 5), 2],
    [...u32(0xffff_ffff), 1],
    [...u32(3), 2],
  ])
    assert.throws(() => frameDecoder().push(Uint8Array.from(header)), {
      code: "protocol",
      message: /that states/,
    });
});

test("unknown kinds and payloads that are no JSON are refused", () => {
  for (const kind of [0, 3, 255])
    assert.throws(() => frameDecoder().push(Uint8Array.of(0, 0, 0, 1, kind, 0)), {
      code: "protocol",
      message: /unknown kind/,
    });
  for (const payload of [[0x7b], [0xff], [], [0xef, 0xbb, 0xbf, 0x31, 0x31, 0x2c]])
    assert.throws(() => frameDecoder().push(Uint8Array.from([...u32(payload.length), 1, ...payload])), {
      code: "protocol",
      message: /no JSON/,
    });
});

test("a decoder that met garbage gives nothing any more, not even what would be a frame", () => {
  const decoder = frameDecoder();
  assert.throws(() => decoder.push(Uint8Array.of(0, 0, 0, 1, 9, 0)), { code: "protocol" });
  assert.throws(() => decoder.push(encodeJson({})), { code: "protocol" });
});

test("an unfinished frame is known as one", () => {
  const decoder = frameDecoder();
  const bytes = encodeJson({ a: 1 });
  assert.equal(decoder.unfinished, false);
  decoder.push(bytes.subarray(0, 1));
  assert.equal(decoder.unfinished, true);
  decoder.push(bytes.subarray(1));
  assert.equal(decoder.unfinished, false);
  decoder.push(encodeBytes(7, Uint8Array.of(1, 2)).subarray(0, -1));
  assert.equal(decoder.unfinished, true, "content of which something is to come");
});

test("content is given as it comes, and nothing of it is held", () => {
  const decoder = frameDecoder();
  const bytes = encodeBytes(7, Uint8Array.of(1, 2, 3, 4));
  assert.deepEqual(decoder.push(bytes.subarray(0, 9)), []);
  assert.deepEqual(decoder.push(bytes.subarray(9, 11)), [
    { kind: "bytes", channel: 7, content: Uint8Array.of(1, 2) },
  ]);
  assert.deepEqual(
    decoder.push(joinBytes([bytes.subarray(11), encodeBytes(8, Uint8Array.of(5)), encodeJson(1)])),
    [
      { kind: "bytes", channel: 7, content: Uint8Array.of(3, 4) },
      { kind: "bytes", channel: 8, content: Uint8Array.of(5) },
      { kind: "json", value: 1 },
    ],
  );
});

test("pieces of an unfinished frame are copied, not kept: a million of them must not weigh more than the frame", () => {
  const decoder = frameDecoder();
  const piece = new Uint8Array(1);
  const frames = [...encodeJson({ say: "ä", number: 5 })].flatMap((byte) => {
    piece[0] = byte;
    return decoder.push(piece);
  });
  assert.deepEqual(frames, [{ kind: "json", value: { say: "ä", number: 5 } }]);
});

test("garbage ends in a refusal or in frames, never in anything else", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 20 }), (pieces) => {
      const decoder = frameDecoder();
      try {
        for (const piece of pieces) decoder.push(piece);
      } catch (thrown) {
        assert.equal((thrown as { code?: string }).code, "protocol");
      }
    }),
    { seed: 3, numRuns: 5000 },
  );
});

test("what is held is bounded by one frame, also when it comes byte by byte and is never finished", () => {
  let reserved = 0;
  const decoder = frameDecoder();
  const original = Reflect.get(Uint8Array.prototype, "set") as (bytes: Uint8Array, at?: number) => void;
  Uint8Array.prototype.set = function (this: Uint8Array, bytes: Uint8Array, at?: number) {
    reserved = Math.max(reserved, this.length);
    return Reflect.apply(original, this, [bytes, at]);
  } as typeof Uint8Array.prototype.set;
  try {
    // A header alone reserves next to nothing, whatever it promises.
    decoder.push(Uint8Array.from([...u32(JSON_BYTES_MAX), 1]));
    assert.ok(reserved <= 64, `${reserved} bytes for a header`);
    for (let sent = 0; sent < JSON_BYTES_MAX - 1; sent++) decoder.push(Uint8Array.of(0x20));
    assert.ok(reserved <= JSON_BYTES_MAX + 5, `${reserved} bytes`);
  } finally {
    Reflect.deleteProperty(Uint8Array.prototype, "set");
  }
});

function u32(value: number): number[] {
  return [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
}
