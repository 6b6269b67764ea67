import assert from "node:assert/strict";
import { test } from "node:test";
import { joinBytes } from "./bytes.ts";
import { chanceOf } from "../testing/chance.ts";
import { fakeHash } from "../testing/fake-hash.ts";
import { inOrder, randomTree } from "../testing/trees.ts";
import type { Entry } from "./entry.ts";
import { inChunks, LINE_LENGTH_MAX, readLines, tallyManifest } from "./manifest.ts";

const encoder = new TextEncoder();

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

const read = (text: string | Uint8Array, size = 7) =>
  Array.fromAsync(
    readLines<unknown>(pieces(typeof text === "string" ? encoder.encode(text) : text, size), "m"),
  );

function written(entries: readonly Entry[]) {
  const tally = tallyManifest(fakeHash);
  const lines = entries.map((entry) => tally.line(entry));
  return { lines, text: lines.join(""), summary: tally.summary() };
}

test("a manifest is read again as it was written, however its bytes are cut", async () => {
  const entries = inOrder(randomTree(chanceOf(5), 40));
  const { lines, text } = written(entries);
  const bytes = joinBytes(await Array.fromAsync(inChunks(each(lines))));
  assert.deepEqual(bytes, encoder.encode(text));
  for (const size of [1, 2, 3, 1000, bytes.length])
    assert.deepEqual(await read(bytes, size), entries, `${size}`);
});

test("the summary counts files, directories and bytes, and its digest depends on every line", () => {
  const entries = inOrder(randomTree(chanceOf(9), 40));
  const { summary } = written(entries);
  assert.equal(summary.files + summary.directories, entries.length);
  assert.equal(
    summary.bytes,
    entries.reduce((sum, entry) => sum + entry.length, 0),
  );
  const touched = entries.map((entry, index) =>
    index === 3 ? { ...entry, mtimeMs: entry.mtimeMs + 1 } : entry,
  );
  assert.notEqual(written(touched).summary.sha256, summary.sha256);
  assert.notEqual(written(entries.slice(1)).summary.sha256, summary.sha256);
  assert.notEqual(written(entries.toReversed()).summary.sha256, summary.sha256);
});

test("an empty manifest is a manifest", async () => {
  assert.deepEqual(await read(""), []);
  assert.deepEqual(await Array.fromAsync(inChunks(each([]))), []);
});

test("a manifest that was cut is refused, wherever the cut was", async () => {
  const bytes = encoder.encode('{"a":1}\n{"ä":"𝒳"}\n');
  for (let length = 1; length < bytes.length; length++) {
    if (length === 8) continue;
    await assert.rejects(read(bytes.subarray(0, length)), { code: "corrupt" }, `${length} bytes`);
  }
  assert.equal((await read(bytes.subarray(0, 8))).length, 1);
  await assert.rejects(read('{"a":1}\n{"b":2}'), { message: "m:2: the last line was cut" });
  // Only the first byte of a character is left: the text before it is whole.
  await assert.rejects(read(Uint8Array.of(...encoder.encode('{"a":1}\n'), 0xc3)), { code: "corrupt" });
});

test("garbage is refused with the line where it stands", async () => {
  await assert.rejects(read('{"a":1}\nnot json\n'), { code: "corrupt", message: "m:2: no JSON" });
  await assert.rejects(read('{"a":1}\n\n{"b":2}\n'), { code: "corrupt", message: "m:2: no JSON" });
  await assert.rejects(read(Uint8Array.of(0x7b, 0xff, 0x7d, 0x0a)), {
    code: "corrupt",
    message: "m:1: no UTF-8",
  });
});

test("a line beyond the bound is refused before it is gathered, and when it comes in one piece", async () => {
  async function* endless(): AsyncGenerator<Uint8Array> {
    for (let sent = 0; ; sent += 65_536) {
      assert.ok(sent < LINE_LENGTH_MAX * 2, "it goes on gathering");
      yield new Uint8Array(65_536).fill(0x20);
    }
  }
  await assert.rejects(Array.fromAsync(readLines(endless(), "m")), {
    code: "corrupt",
    message: /m:1: line longer/,
  });
  const line = `"${"x".repeat(LINE_LENGTH_MAX)}"\n`;
  await assert.rejects(read(line, line.length), { code: "corrupt", message: /m:1: line longer/ });
});
