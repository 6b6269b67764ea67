// Figures as people read them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { age, bytes, count, duration, modeText, rate } from "./figures.ts";

test("bytes, rates, counts", () => {
  assert.deepEqual([0, 1023, 1024, 1_500_000, 107_374_182_400].map(bytes), [
    "0 B",
    "1023 B",
    "1.0 KiB",
    "1.4 MiB",
    "100 GiB",
  ]);
  assert.equal(rate(10_485_760, 2000), "5.0 MiB/s");
  assert.equal(rate(1, 0), null);
  assert.deepEqual([0, 999, 1000, 1_234_567].map(count), ["0", "999", "1,000", "1,234,567"]);
});

test("durations and ages", () => {
  const read = {
    0: "0 ms",
    850: "850 ms",
    12_340: "12.3 s",
    59_960: "1 min 00 s",
    245_000: "4 min 05 s",
    11_520_000: "3 h 12 min",
    439_200_000: "5 d 2 h",
  };
  for (const [ms, text] of Object.entries(read)) assert.equal(duration(Number(ms)), text);
  assert.equal(age(1000, 3000), "2.0 s ago");
  assert.equal(age(3000, 1000), "in 2.0 s");
});

test("modes as HDFS prints them", () => {
  assert.equal(modeText("directory", 0o1777), "drwxrwxrwt");
  assert.equal(modeText("directory", 0o1770), "drwxrwx--T");
  assert.equal(modeText("file", 0o640), "-rw-r-----");
});
