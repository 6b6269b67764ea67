import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { formatInstant, parseInstant } from "./instant.ts";

const MS_PER_DAY = 86_400_000;
const FIRST = parseInstant("0000-01-01T00:00:00Z");
const LAST = parseInstant("9999-12-31T23:59:59.999Z");
const TABLE: readonly (readonly [string, number])[] = [
  ["1970-01-01T00:00:00.000Z", 0],
  ["1969-12-31T23:59:59.999Z", -1],
  ["2000-02-29T12:00:00.000Z", 951_825_600_000],
  ["2026-11-21T10:31:41.007Z", 1_795_257_101_007],
  ["1900-03-01T00:00:00.000Z", -2_203_891_200_000],
  ["0000-01-01T00:00:00.000Z", -62_167_219_200_000],
  ["9999-12-31T23:59:59.999Z", 253_402_300_799_999],
];

test("known instants are written and read as they are known", () => {
  for (const [text, instant] of TABLE) {
    assert.equal(formatInstant(instant), text);
    assert.equal(parseInstant(text), instant);
  }
});

test("every month of the years 0 to 9999 begins where counting days one by one says", () => {
  let days = FIRST / MS_PER_DAY;
  for (let year = 0; year <= 9999; year++) {
    const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
    const lengths = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    for (const [month, length] of lengths.entries()) {
      const prefix = `${String(year).padStart(4, "0")}-${String(month + 1).padStart(2, "0")}-`;
      assert.equal(formatInstant(days * MS_PER_DAY), `${prefix}01T00:00:00.000Z`);
      days += length;
      assert.equal(formatInstant(days * MS_PER_DAY - 1), `${prefix}${length}T23:59:59.999Z`);
      if (year % 100 < 5)
        assert.throws(() => parseInstant(`${prefix}${length + 1}T00:00:00Z`), { code: "bad-instant" });
    }
  }
  assert.equal(days * MS_PER_DAY, LAST + 1);
});

test("what is written is read again as the same instant; fractions of a ms are dropped", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: FIRST, max: LAST }),
      fc.integer({ min: 0, max: 999 }),
      (instant, micros) => {
        assert.equal(parseInstant(formatInstant(instant)), instant);
        assert.equal(formatInstant(instant + micros / 2000), formatInstant(instant));
      },
    ),
    { seed: 3, numRuns: 2000 },
  );
});

test("offsets and short fractions are understood", () => {
  const instant = parseInstant("2026-11-21T10:31:41.070Z");
  for (const text of [
    "2026-11-21T11:31:41.07+01:00",
    "2026-11-21T00:01:41.07-10:30",
    "2026-11-21T10:31:41.07Z",
  ])
    assert.equal(parseInstant(text), instant, text);
});

test("what is no instant is refused with its text", () => {
  const wrong = [
    "",
    "now",
    "2026-11-21",
    "2026-11-21T10:31Z",
    "2026-11-21T10:31:41",
    "2026-11-21 10:31:41Z",
    "2026-02-29T00:00:00Z",
    "1900-02-29T00:00:00Z",
    "2026-04-31T00:00:00Z",
    "2026-00-01T00:00:00Z",
    "2026-13-01T00:00:00Z",
    "2026-01-00T00:00:00Z",
    "2026-01-01T24:00:00Z",
    "2026-01-01T23:60:00Z",
    "2026-12-31T23:59:60Z",
    "2026-01-01T00:00:00+15:00",
    "2026-01-01T00:00:00+01:60",
    "2026-01-01T00:00:00.1234Z",
    "+12026-01-01T00:00:00Z",
    "2026-01-01T00:00:00Z\n",
    // They lead out of the years that four digits can write.
    "9999-12-31T23:59:59-01:00",
    "0000-01-01T00:00:00+01:00",
  ];
  for (const text of wrong) assert.throws(() => parseInstant(text), { code: "bad-instant" }, text);
  assert.throws(() => parseInstant("2026-02-30T00:00:00Z"), { message: /2026-02-30/ });
  assert.throws(
    () => parseInstant("x".repeat(10_000)),
    (thrown: Error) => thrown.message.length < 250,
  );
});

test("a time without an offset is told why it is none, and how to say the one that is meant", () => {
  for (const text of ["2027-03-28T02:30:00", "2027-10-31T02:30", "2027-10-31 02:30:00.5"])
    assert.throws(() => parseInstant(text), {
      code: "bad-instant",
      message:
        /is no instant: without Z or an offset it may be several, or none where clocks are changed; write the one/,
    });
  assert.throws(() => parseInstant("tomorrow"), {
    message: /^'tomorrow' is no instant: write it as 2026-11-21T/,
  });
});
