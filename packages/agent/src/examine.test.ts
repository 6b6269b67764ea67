import assert from "node:assert/strict";
import { test } from "node:test";
import type { FromControl } from "@coeval/contract/wire/link";
import { examine } from "./examine.ts";
import type { FakeTime } from "./testing/fake-time.ts";
import type { Site } from "./testing/site.ts";
import { createStage } from "./testing/stage.ts";

type Asked = Extract<FromControl, { say: "examine" }>;

const limits = { readPrefixes: ["/data"], writePrefixes: ["/coeval"] };
const asked: Asked = {
  say: "examine",
  number: 7,
  identity: null,
  service: "books",
  measure: false,
  sets: [{ name: "ledger", component: "hdfs", path: "/data/ledger" }],
  directory: null,
};

async function ask(change: Partial<Asked>, prepare: (site: Site, time: FakeTime) => void = () => undefined) {
  const { time, sites } = await createStage();
  const { source, target } = sites.source;
  source.examine = async (sets) =>
    sets.map(({ name }) => ({ set: name, level: "tells", code: "seen", text: "looked at" }));
  prepare(sites.source, time);
  const { world } = worldOf(time);
  const drivers = { source, target };
  return time.until(
    examine(world, drivers, limits, "east", { ...asked, ...change }, new AbortController().signal),
  );
}

function worldOf(time: Awaited<ReturnType<typeof createStage>>["time"]) {
  return { world: { clock: time.clock() } as Parameters<typeof examine>[0] };
}

test("what the cluster's driver finds is told, and nothing is changed", async () => {
  const answer = await ask({});
  assert.deepEqual(
    answer.findings.map(({ set, code }) => [set, code]),
    [["ledger", "seen"]],
  );
  assert.deepEqual([answer.number, answer.failure], [7, null]);
});

test("what lies beyond the agent's limits blocks, and the cluster is not even asked", async () => {
  const answer = await ask({ sets: [{ name: "a", component: "hdfs", path: "/etc" }], directory: "/data/x" });
  assert.deepEqual(
    answer.findings.map(({ set, level, code }) => [set, level, code]),
    [
      ["a", "blocks", "beyond-limits"],
      [null, "blocks", "beyond-limits"],
    ],
  );
  const tricky = await ask({ sets: [], directory: "/coeval/../data" });
  assert.deepEqual(
    tricky.findings.map(({ level, code }) => [level, code]),
    [["blocks", "bad-path"]],
  );
});

test("another cluster than the registered one is a failure, not a finding", async () => {
  const answer = await ask({ identity: { clusterId: "CID-other", namespaceId: "1" } });
  assert.deepEqual([answer.findings, answer.failure?.code], [[], "cluster-identity"]);
});

const size = { set: "ledger", files: 3, directories: 1, bytes: 10, spaceBytes: 30 };

test("what is to be measured is, the data sets on the primary and the room on the secondary", async () => {
  const measured = await ask({ measure: true }, ({ source }) => {
    source.measure = async (sets) => ({
      sizes: sets.map(({ name }) => ({ ...size, set: name })),
      findings: [],
      blockSizeBytes: 1024,
    });
  });
  assert.deepEqual([measured.sizes, measured.blockSizeBytes, measured.room], [[size], 1024, null]);
  const secondary = await ask({ measure: true, sets: [], directory: "/coeval/books" });
  assert.deepEqual(secondary.room, { capacityBytes: 1e12, remainingBytes: 1e12, dataNodes: 3 });
  assert.deepEqual(secondary.sizes, []);
});

test("the holding directory is looked at for the service that asks", async () => {
  const asks: string[][] = [];
  const answer = await ask({ sets: [], directory: "/coeval/books" }, ({ target }) => {
    target.examine = async (service, directory) => {
      asks.push([service, directory]);
      return [{ set: null, level: "blocks", code: "foreign-data", text: "not ours" }];
    };
  });
  assert.deepEqual(asks, [["books", "/coeval/books"]]);
  assert.deepEqual(
    answer.findings.map(({ code }) => code),
    ["foreign-data"],
  );
});

test("sizes that take too long are told as unknown, and the rest is told all the same", async () => {
  const answer = await ask({ measure: true }, ({ source }, time) => {
    const clock = time.clock();
    source.measure = async (_sets, cancel) => {
      await clock.sleep(60_000, cancel);
      return assert.fail("it was waited for");
    };
  });
  assert.deepEqual(
    answer.findings.map(({ level, code }) => [level, code]),
    [
      ["tells", "seen"],
      ["warns", "sizes-unknown"],
    ],
  );
  assert.match(answer.findings[1]?.text ?? "", /did not sum up the data sets within 15 s/);
});

test("what filters leave out is not measured; a listing that takes too long gives the whole sizes, and says so", async () => {
  const filters = { include: [], exclude: ["tmp/"] };
  const size = { set: "ledger", files: 1, directories: 1, bytes: 5, spaceBytes: 5 };
  const whole = { ...size, files: 900 };
  const asking = (listingMs: number) =>
    ask({ measure: true, filters }, ({ source }, time) => {
      const clock = time.clock();
      source.measure = async (_sets, cancel, filter) => {
        const listed = filter?.leavesOut("tmp", "directory") === true;
        if (listed) await clock.sleep(listingMs, cancel);
        return { sizes: [listed ? size : whole], findings: [], blockSizeBytes: null };
      };
    });
  const soon = await asking(9000);
  assert.deepEqual([soon.sizes, soon.findings.map(({ code }) => code)], [[size], ["seen"]]);
  const late = await asking(60_000);
  assert.deepEqual(late.sizes, [whole]);
  assert.deepEqual(
    late.findings.map(({ level, code }) => [level, code]),
    [
      ["tells", "seen"],
      ["warns", "sizes-unfiltered"],
    ],
  );
});

test("what is blocked is not measured", async () => {
  const answer = await ask({ measure: true }, ({ source }) => {
    source.examine = async () => [{ set: "ledger", level: "blocks", code: "set-missing", text: "gone" }];
    source.measure = async () => assert.fail("it was measured");
  });
  assert.deepEqual(answer.sizes, []);
});
