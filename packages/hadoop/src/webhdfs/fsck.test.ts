import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { OpenFile } from "../hdfs/open-file.ts";
import { MalformedAnswer } from "./decode.ts";
import denied from "./fixtures/fsck-denied.json" with { type: "json" };
import recorded from "./fixtures/fsck.json" with { type: "json" };
import { createFsckReader, FSCK_PENDING_CHARACTERS_MAX, type FsckEnd } from "./fsck.ts";
import { ODD_NAMES } from "./probes.ts";

const ROOT = "/.reserved/.inodes/16386";

function readAll(pieces: readonly string[], root = ROOT): { files: OpenFile[]; end: FsckEnd } {
  const reader = createFsckReader(root);
  return { files: pieces.flatMap((piece) => reader.push(piece)), end: reader.end() };
}

const entry = (path: string, length = 5): string =>
  `${path} ${length} bytes, replicated: replication=3, 1 block(s), OPENFORWRITE: `;
const report = (body: string): string =>
  `FSCK started by hdfs (auth:SIMPLE) from /127.0.0.1 for path ${ROOT} at today\n\n${body}\nStatus: HEALTHY\n\n\nThe filesystem under path '${ROOT}' is HEALTHY`;

describe("the report of fsck", () => {
  const files = [
    { path: "dir ü/open 1", lengthBytes: 262_144, blockCount: 2 },
    { path: "dir ü/open 2", lengthBytes: 262_144, blockCount: 2 },
  ];

  test("names every open file of a recorded one, wherever the text is cut into pieces", () => {
    const text = recorded.response.body;
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(text.length), { maxLength: 6 }), (cuts) => {
        const at = [0, ...cuts.toSorted((a, b) => a - b), text.length];
        const pieces = at.slice(1).map((end, index) => text.slice(at[index], end));
        assert.deepEqual(readAll(pieces), { files, end: { kind: "done" } });
      }),
    );
  });

  test("tells a refusal with its reason", () => {
    const { files: found, end } = readAll([denied.response.body]);
    assert.deepEqual(found, []);
    assert.ok(end.kind === "failed");
    assert.match(end.reason, /^Permission denied: user=bob, access=READ_EXECUTE/);
    const late = `${entry(`${ROOT}/g`)}FSCK ended at today in 1 milliseconds\nPermission denied: bob\n\n\nFsck on path '${ROOT}' FAILED`;
    assert.deepEqual(readAll([late]).end, { kind: "failed", reason: "Permission denied: bob" });
  });

  test("keeps odd names, dots and messages about closed files apart", () => {
    const odd = ODD_NAMES.filter((name) => !name.includes("\n"));
    const body = odd.map((name) => `${"....\n......"}${entry(`${ROOT}/${name}`)}`).join("");
    const message = `\n${ROOT}/x:  Under replicated BP-1:blk_1. Target Replicas is 3 but found 1 live replica(s).\n`;
    const { files: found } = readAll([report(message + body + message + entry(`${ROOT}/...dots`, 0))]);
    assert.deepEqual(
      found.map(({ path }) => path),
      [...odd, "...dots"],
    );
  });

  test("reads names that look like entries, and erasure coded ones", () => {
    const tricky = "b 5 bytes, replicated: replication=1, x";
    const coded = `${ROOT}/ec 7 bytes, erasure-coded: policy=RS-6-3-1024k, 1 block(s), OPENFORWRITE: `;
    const { files: found } = readAll([report(entry(`${ROOT}/${tricky}`) + coded)]);
    assert.deepEqual(
      found.map(({ path }) => path),
      [tricky, "ec"],
    );
  });

  test("tells a path that is not there", () => {
    assert.deepEqual(readAll([`FSCK started\n\n\nPath '${ROOT}' does not exist`]).end, { kind: "notFound" });
    assert.deepEqual(
      readAll([`FSCK started\n\n${entry(ROOT, 3)}\n\nThe filesystem under path '${ROOT}' is CORRUPT`]).files,
      [{ path: "", lengthBytes: 3, blockCount: 1 }],
    );
  });

  test("refuses a text that stopped, a line feed in a name, a line without end", () => {
    const text = recorded.response.body;
    assert.throws(() => readAll([text.slice(0, -5)]), MalformedAnswer);
    assert.throws(() => readAll([""]), MalformedAnswer);
    assert.throws(() => readAll([report(entry(`${ROOT}/a\nb`))]), /line feed/);
    assert.throws(() => readAll([report(entry("/elsewhere"))]), MalformedAnswer);
    assert.throws(() => readAll(["x".repeat(FSCK_PENDING_CHARACTERS_MAX + 1)]), /line without end/);
    assert.deepEqual(readAll([report(".".repeat(FSCK_PENDING_CHARACTERS_MAX + 1))]).end, { kind: "done" });
  });
});
