import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type FuzzGauge, type FuzzTarget, fuzz, SPARE_BYTES_MAX } from "./fuzz.ts";
import { FUZZ_TARGETS } from "./targets.ts";

/** `npm run fuzz` runs 2^20 of each, under a watch that sees hanging and measures buffers. */
const FRAMES = 1_024;
const SEED = 1;

/** Time stands still: how long a frame takes is the command's matter. */
const still: FuzzGauge = {
  elapsedMs: () => 0,
  begin: () => undefined,
  rest: async () => undefined,
  largestBytes: () => 0,
};

describe("whatever a server says, it is understood or refused:", () => {
  for (const target of FUZZ_TARGETS) {
    test(target.name, async () => {
      const find = await fuzz(target, { seed: SEED, from: 0, frames: FRAMES }, still);
      if (find !== null) assert.fail(`frame ${find.frame}: ${find.why}`);
    });
  }
});

describe("the fuzzer", () => {
  const target = (run: FuzzTarget["run"]): FuzzTarget => ({ name: "made-up", run, isOwn: () => false });
  const range = { seed: SEED, from: 0, frames: FRAMES };
  const seed = Uint8Array.of(1, 2, 3, 4, 5);

  test("finds an error that is not the decoder's own, and finds it again alone", async () => {
    const fragile = target((spoilt) => {
      if (spoilt(seed)[0] === 0xff) throw new RangeError("out of bounds");
    });
    const find = await fuzz(fragile, range, still);
    assert.ok(find !== null);
    assert.match(find.why, /RangeError: out of bounds/);
    const again = await fuzz(fragile, { seed: SEED, from: find.frame, frames: 1 }, still);
    assert.deepEqual(again?.said, find.said);
  });

  test("finds a promise that is rejected with such an error", async () => {
    const find = await fuzz(
      target(async () => Promise.reject(new RangeError("later"))),
      range,
      still,
    );
    assert.match(find?.why ?? "", /later/);
  });

  test("finds a frame that takes too long each time, not one that did so once", async () => {
    let nowMs = 0;
    let calls = 0;
    const gauge = { ...still, elapsedMs: () => nowMs };
    const slowOnce = target(() => {
      nowMs += ++calls === 10 ? 500 : 1;
    });
    assert.equal(await fuzz(slowOnce, range, gauge), null);
    const slow = target((spoilt) => {
      nowMs += spoilt(seed).length === 0 ? 500 : 1;
    });
    assert.match((await fuzz(slow, range, gauge))?.why ?? "", /took 500 ms each time/);
  });

  test("finds a buffer that the bytes do not explain", async () => {
    const gauge = { ...still, largestBytes: () => 2 * SPARE_BYTES_MAX };
    const find = await fuzz(
      target((spoilt) => spoilt(seed)),
      range,
      gauge,
    );
    assert.match(find?.why ?? "", /asked for 524288 bytes at once/);
  });
});
