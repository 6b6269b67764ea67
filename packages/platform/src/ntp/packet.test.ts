import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { replyTo } from "../testing/ntp-responder.ts";
import { decodeAnswer, encodeQuestion, PACKET_BYTES } from "./packet.ts";

const cookie = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
const question = encodeQuestion(cookie);
const decode = (reply: Parameters<typeof replyTo>[1]) => decodeAnswer(replyTo(question, reply), cookie);

test("a question is 48 bytes that tell nothing but version, mode and the cookie", () => {
  assert.equal(question.length, 48);
  assert.deepEqual([...question.subarray(0, 1)], [0x23]);
  assert.ok(question.subarray(1, 40).every((byte) => byte === 0));
  assert.deepEqual(question.subarray(40), cookie);
  assert.throws(() => encodeQuestion(Uint8Array.of(1)), RangeError);
});

test("an answer recorded from chronyd 4.3 is read as it stands", () => {
  // `local stratum 5`, asked with this cookie on 2026-11-21.
  const recorded = Buffer.from(
    "240500e600000000000000007f7f0101eeac38e8743352bd0102030405060708eeac38e98b6d3b57eeac38e98b6eb254",
    "hex",
  );
  assert.deepEqual(decodeAnswer(recorded, cookie), {
    kind: "time",
    stratum: 5,
    referenceId: "7F7F0101",
    rootDelayMs: 0,
    rootDispersionMs: 0,
    precisionMs: 1000 / 2 ** 26,
    receivedMs: Date.parse("2026-11-21T15:36:09Z") + (0x8b6d3b57 / 2 ** 32) * 1000,
    transmittedMs: Date.parse("2026-11-21T15:36:09Z") + (0x8b6eb254 / 2 ** 32) * 1000,
  });
});

test("the reference is letters at stratum 1, hex beyond", () => {
  for (const [stratum, reference, shown] of [
    [1, "GPS\0", "GPS"],
    [1, [1, 2, 3, 4], "01020304"],
    [3, "GPS\0", "47505300"],
    [3, [192, 0, 2, 7], "C0000207"],
  ] as const) {
    const answer = decode({ stratum, reference });
    assert.equal(answer?.kind === "time" && answer.referenceId, shown);
  }
});

test("both eras are read, from 1968 to 2104", () => {
  for (const iso of [
    "1970-01-01T00:00:00.250Z",
    "2036-02-07T06:28:15.500Z",
    "2036-02-07T06:28:16.750Z",
    "2103-12-31T23:59:59.125Z",
  ]) {
    const receivedMs = Date.parse(iso);
    const answer = decode({ receivedMs });
    assert.equal(answer?.kind === "time" && Math.round(answer.receivedMs * 1000) / 1000, receivedMs, iso);
  }
});

test("what does not answer the question is nobody's word: another cookie, mode, version or length", () => {
  assert.equal(decode({ cookie: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 9) }), null);
  for (const first of [0x23, 0x25, 0x1c, 0x2c]) assert.equal(decode({ first }), null, String(first));
  const whole = replyTo(question);
  assert.equal(decodeAnswer(whole.subarray(0, 47), cookie), null);
  assert.equal(decodeAnswer(Buffer.concat([whole, Buffer.alloc(20)]), cookie), null);
});

test("a kiss of death is told by its letters, though it says that it is not synchronised, and only to who asked", () => {
  for (const code of ["RATE", "DENY", "RSTR"])
    assert.deepEqual(decode({ first: 0xe4, stratum: 0, reference: code }), { kind: "refused", code });
  assert.equal(decode({ first: 0xe4, stratum: 0, reference: "DENY", cookie: new Uint8Array(8) }), null);
});

test("a server that is not synchronised, or says what cannot be, gives no time", () => {
  const bad = { code: "clock-source" };
  assert.throws(() => decode({ first: 0xe4 }), bad);
  assert.throws(() => decode({ stratum: 16 }), bad);
  assert.throws(() => decode({ first: 0xe4, stratum: 0, reference: [0, 0, 0, 0] }), bad);
  assert.throws(() => decode({ rootDelaySeconds: 33 }), bad);
  assert.throws(() => decode({ receivedMs: 1_800_000_000_000, transmittedMs: 1_799_999_999_999 }), bad);
  const zero = replyTo(question);
  zero.fill(0, 40, 48);
  assert.throws(() => decodeAnswer(zero, cookie), bad);
});

test("no bytes whatever make the decoder do anything but answer, refuse or know nothing", () => {
  const good = replyTo(question);
  const changes = fc.array(fc.tuple(fc.nat(PACKET_BYTES - 1), fc.nat(255)), { maxLength: 12 });
  const datagrams = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    changes.map((list) => {
      const packet = Uint8Array.from(good);
      for (const [at, byte] of list) packet[at] = byte;
      return packet;
    }),
  );
  let times = 0;
  fc.assert(
    fc.property(datagrams, (bytes) => {
      try {
        const answer = decodeAnswer(bytes, cookie);
        if (answer?.kind !== "time") return;
        times++;
        const { stratum, receivedMs, transmittedMs, rootDelayMs, rootDispersionMs, precisionMs } = answer;
        assert.ok(stratum >= 1 && stratum <= 15);
        assert.ok(transmittedMs >= receivedMs && receivedMs > -62_000_000_000);
        assert.ok(rootDelayMs / 2 + rootDispersionMs < 16_000 && precisionMs > 0);
        assert.deepEqual(bytes.subarray(24, 32), cookie);
      } catch (thrown) {
        if ((thrown as { code?: string }).code !== "clock-source") throw thrown;
      }
    }),
    { seed: 4, numRuns: 20_000 },
  );
  assert.ok(times > 500, `only ${times} were read as a time`);
});
