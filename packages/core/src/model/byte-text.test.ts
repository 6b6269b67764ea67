import assert from "node:assert/strict";
import { test } from "node:test";
import { byteText } from "./byte-text.ts";

test("bytes are told by powers of 1024, with the figures that matter", () => {
  const told = [0, 1023, 1024, 1_468_006, 268_435_456, 2 ** 50, 2 ** 60].map(byteText);
  assert.deepEqual(told, ["0 B", "1023 B", "1.0 KiB", "1.4 MiB", "256 MiB", "1.0 PiB", "1024 PiB"]);
});
