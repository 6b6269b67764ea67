import assert from "node:assert/strict";
import { test } from "node:test";
import { policyDefaults } from "@coeval/core/model/policy";
import type { Instruction, Order } from "@coeval/core/protect/instruction";
import { checkLimits, type Limits } from "./limits.ts";

const limits: Limits = { readPrefixes: ["/data", "/apps/x"], writePrefixes: ["/coeval"] };

function take(...paths: string[]): Instruction {
  const sets = paths.map((path, index) => ({ name: `s${index}`, component: "hdfs" as const, path }));
  return order({
    step: "take-snapshots",
    filters: policyDefaults.filters,
    moment: 1,
    sets,
    snapshotName: "coeval-run-1",
    clockErrorMsMax: 1,
  });
}

function open(directory: string, relative = "ledger"): Instruction {
  return order({
    step: "open-holding",
    filters: policyDefaults.filters,
    directory,
    sets: [{ name: "ledger", relative }],
    base: null,
  });
}

function order(given: Order): Instruction {
  return { order: given } as Instruction;
}

test("what lies within the prefixes is allowed, the prefixes included", () => {
  for (const instruction of [
    take("/data"),
    take("/data/a", "/apps/x/y"),
    open("/coeval"),
    open("/coeval/billing"),
  ])
    checkLimits(limits, instruction);
  checkLimits({ readPrefixes: ["/"], writePrefixes: [] }, take("/any/where"));
});

test("anything else is refused, with the limit that refuses it", () => {
  const beyond = [take("/database"), take("/apps"), take("/data/a", "/etc"), open("/data"), open("/coeval2")];
  for (const instruction of beyond)
    assert.throws(
      () => checkLimits(limits, instruction),
      { code: "beyond-limits" },
      JSON.stringify(instruction),
    );
  assert.throws(() => checkLimits(limits, take("/etc")), {
    message: "this agent may not snapshot and read /etc; limits.yaml allows read: /data, /apps/x",
  });
  assert.throws(() => checkLimits({ readPrefixes: [], writePrefixes: [] }, take("/data")), {
    message: /allows read: nothing/,
  });
});

test("a path that only begins with what is allowed leads nowhere", () => {
  for (const path of ["/data/../etc", "/data/./../../etc", "/data//../x", "/data/.snapshot/s", "/data/x/"])
    assert.throws(() => checkLimits(limits, take(path)), path);
  for (const directory of ["/coeval/../data", "/coeval/.."])
    assert.throws(() => checkLimits(limits, open(directory)), directory);
  for (const relative of ["../../data", "a/../../../data", ".snapshot/x"])
    assert.throws(
      () => checkLimits(limits, open("/coeval/billing", relative)),
      { code: "bad-path" },
      relative,
    );
});
