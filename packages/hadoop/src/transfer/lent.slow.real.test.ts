/** Many lent reads at once from two DataNodes: memory is filled again all the time, and never while somebody reads it. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { realCluster } from "../real-cluster.real.ts";

const BLOCK_BYTES = 1024 * 1024;
const FILES = 12;
const ROUNDS = 3;

function contentOf(file: number): Uint8Array {
  const length = BLOCK_BYTES + 200_000 * file;
  return new Uint8Array(length).map((_, index) => (index * 31) ^ (index >> 8) ^ file);
}

describe("many lent reads at once, over kept connections,", () => {
  const real = realCluster("lent", { dataNodes: 2, replication: 2, blockSizeBytes: BLOCK_BYTES });

  test("never show each other's bytes", async () => {
    const hdfs = real.native();
    for (let file = 0; file < FILES; file++)
      await hdfs.create(`/lent/${file}`, contentOf(file), { permission: 0o644, overwrite: true });
    const reader = async (turn: number): Promise<void> => {
      const file = turn % FILES;
      const content = Buffer.from(contentOf(file));
      for (let round = 0; round < ROUNDS; round++) {
        let at = 0;
        const range = { offsetBytes: 0, lengthBytes: content.length, lent: true };
        for await (const piece of hdfs.open(`/lent/${file}`, range)) {
          // Slow now and then, so that others read meanwhile.
          if ((turn + at) % 7 === 0) await real.world.clock.sleep(1);
          if (!content.subarray(at, at + piece.length).equals(piece))
            assert.fail(`${file}: other bytes from ${at}`);
          at += piece.length;
        }
        assert.equal(at, content.length);
      }
    };
    await Promise.all(Array.from({ length: 3 * FILES }, (_, turn) => reader(turn)));
  });
});
