import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type EstimateInputs,
  estimateOf,
  RESERVE_BYTES,
  spaceFindings,
  togetherFinding,
} from "./estimate.ts";
import { rateOf } from "./rate.ts";

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;

function estimate(change: Partial<EstimateInputs> = {}) {
  return estimateOf({
    sizes: [
      { set: "orders", files: 100, directories: 2, bytes: GIB, spaceBytes: 3 * GIB },
      { set: "items", files: 20, directories: 1, bytes: GIB, spaceBytes: 3 * GIB },
    ],
    blockSizeBytes: MIB,
    held: new Set(),
    room: { capacityBytes: 100 * GIB, remainingBytes: 50 * GIB, dataNodes: 5 },
    rate: rateOf([]),
    ...change,
  });
}

const told = (change: Partial<EstimateInputs>) =>
  spaceFindings("west", estimate(change)).map(({ level, code, text }) => `${level} ${code}: ${text}`);
const room = (remainingBytes: number, dataNodes = 5) => ({
  capacityBytes: 100 * GIB,
  remainingBytes,
  dataNodes,
});

test("every replica is counted, but no more than there are DataNodes", () => {
  assert.deepEqual(estimate().copies.neededBytes, 6 * GIB);
  assert.deepEqual(estimate({ room: room(50 * GIB, 2) }).copies.neededBytes, 4 * GIB);
  assert.deepEqual(estimate().copies.files, 120);
});

test("data sets that the last point holds are measured and not copied in full again", () => {
  const { sets, copies } = estimate({ held: new Set(["orders"]) });
  assert.deepEqual([sets.length, copies.sets, copies.files, copies.neededBytes], [2, ["items"], 20, 3 * GIB]);
  assert.deepEqual(told({ held: new Set(["orders", "items"]), room: room(0) }), []);
});

test("a secondary without room is refused with the figures; one byte more would do", () => {
  // Three replicas of one block are set aside for the file that is being written.
  const enough = 6 * GIB + RESERVE_BYTES + 3 * MIB;
  const [refused] = told({ room: room(enough - 1) });
  assert.match(
    refused ?? "",
    /^blocks secondary-full: the copy does not fit: it takes 6442450944 bytes \(6\.0 GiB\) on the disks for 2\.0 GiB of content, all replicas counted; west has \d+ bytes \(6\.1 GiB\) free, of which 64\.0 MiB stay free and 3\.0 MiB are set aside/,
  );
  assert.match(
    told({ room: room(enough) })[0] ?? "",
    /^warns space-scarce: writes may be refused: HDFS sets a whole block aside/,
  );
});

test("a copy that nearly fills the secondary is warned of, one with room to spare is not", () => {
  assert.match(told({ room: room(7 * GIB) })[0] ?? "", /^warns space-scarce: the copy takes more than 80 %/);
  assert.deepEqual(told({}), []);
  assert.match(told({ room: null })[0] ?? "", /^warns space-unknown: west does not tell its free space/);
});

test("services that fit one by one are refused when they do not fit together", () => {
  const one = estimate({ room: room(15 * GIB) });
  assert.deepEqual(told({ room: room(15 * GIB) }), []);
  assert.equal(togetherFinding("west", [one]), null);
  assert.equal(togetherFinding("west", [one, one]), null);
  const { level, code, text } = togetherFinding("west", [one, one, one]) ?? {};
  assert.deepEqual([level, code], ["blocks", "secondary-full"]);
  assert.match(
    text ?? "",
    /^the 3 services do not fit together: they take 19327352832 bytes \(18\.0 GiB\).*west has 16106127360 bytes/,
  );
});
