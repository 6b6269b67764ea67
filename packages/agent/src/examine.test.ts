import assert from "node:assert/strict";
import { test } from "node:test";
import type { FromControl } from "@coeval/contract/wire/link";
import { examine } from "./examine.ts";
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

async function ask(change: Partial<Asked>) {
  const { time, sites } = await createStage();
  const { source, target } = sites.source;
  source.examine = async (sets) =>
    sets.map(({ name }) => ({ set: name, level: "tells", code: "seen", text: "looked at" }));
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
