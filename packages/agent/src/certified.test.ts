import assert from "node:assert/strict";
import { test } from "node:test";
import type { Instruction, Step } from "@coeval/core/protect/instruction";
import type { Run } from "@coeval/core/protect/run";
import { chanceOf } from "@coeval/core/testing/chance";
import { inOrder, randomLater, randomTree } from "@coeval/core/testing/trees";
import { createStage, protect, type Stage } from "./testing/stage.ts";

const before = randomTree(chanceOf(3), 8);
const later = randomLater(chanceOf(4), before, 8);

/** The value with one leaf changed, once for every leaf. */
function* altered(
  value: unknown,
  path: readonly string[] = [],
): Generator<readonly [where: string, value: unknown]> {
  if (value === null || typeof value !== "object") {
    const other = typeof value === "number" ? value + 1 : typeof value === "string" ? otherText(value) : 5;
    yield [path.join("."), other];
    return;
  }
  for (const [key, member] of Object.entries(value))
    for (const [where, changed] of altered(member, [...path, key]))
      yield [where, Array.isArray(value) ? value.with(Number(key), changed) : { ...value, [key]: changed }];
}

/** Another text of the same form. */
function otherText(text: string): string {
  const last = text.at(-1) === "1" ? "2" : "1";
  return `${text.slice(0, -1)}${last}`;
}

/** A stage whose first point is sealed, and the bodies of the second one's certificate as `step` is asked to take it. */
async function sealedOnce(): Promise<{ stage: Stage; first: Run }> {
  const stage = await createStage();
  const first = await protect(stage, "0", before);
  assert.equal(first.phase, "done");
  return { stage, first };
}

/** Hands `step` on with another body. */
function altering(stage: Stage, step: Step, change: (order: Instruction["order"]) => object): () => void {
  const site = step === "sign" ? stage.sites.source : stage.sites.target;
  const { instruct } = site;
  site.instruct = (instruction) =>
    instruct(
      instruction.order.step === step
        ? ({ ...instruction, order: { ...instruction.order, ...change(instruction.order) } } as Instruction)
        : instruction,
    );
  return () => void (site.instruct = instruct);
}

/** Every leaf of the body that a run of this stage is asked to certify. */
async function leavesOf(step: Step): Promise<string[]> {
  const { stage, first } = await sealedOnce();
  let leaves: string[] = [];
  altering(stage, step, (order) => {
    if ("body" in order) leaves = [...altered(order.body)].map(([where]) => where);
    return {};
  });
  await protect(stage, "1", later, first);
  return leaves;
}

/** What only the other side, or nobody but the control device, can know. The target's own words are proven by the target. */
const NOT_THE_SOURCES = /^(version|point|secondary\.(identity\..*|directory)|dataSets\.\d+\.target)$/;

test("the source's agent signs nothing that it did not see itself, whichever field it is", async () => {
  const leaves = await leavesOf("sign");
  assert.ok(
    leaves.length > 35 && leaves.includes("previous.certificateSha256") && leaves.includes("grade.kind"),
  );
  const { stage, first } = await sealedOnce();
  for (const [index, leaf] of leaves.entries()) {
    if (NOT_THE_SOURCES.test(leaf)) continue;
    const restore = altering(stage, "sign", (order) => ({
      body: [...altered("body" in order ? order.body : {})].find(([where]) => where === leaf)?.[1],
    }));
    const run = await protect(stage, `1x${index}`, later, first);
    restore();
    assert.deepEqual(
      [run.phase, run.cause?.code],
      ["failed", "protocol"],
      `${leaf}: ${JSON.stringify(run.cause)}`,
    );
    assert.match(run.cause?.message ?? "", /is not what this agent saw; it is not signed/);
  }
  assert.equal((await protect(stage, "2", later, first)).phase, "done", "unaltered it is signed");
});

test("the target's agent seals nothing that the source's did not sign, or that it did not receive itself", async () => {
  const leaves = await leavesOf("seal");
  const { stage, first } = await sealedOnce();
  for (const [index, leaf] of leaves.entries()) {
    const restore = altering(stage, "seal", (order) => ({
      body: [...altered("body" in order ? order.body : {})].find(([where]) => where === leaf)?.[1],
    }));
    const run = await protect(stage, `1x${index}`, later, first);
    restore();
    assert.deepEqual(
      [run.phase, run.cause?.code],
      ["failed", "protocol"],
      `${leaf}: ${JSON.stringify(run.cause)}`,
    );
  }
  const { target } = stage.sites.target;
  assert.deepEqual(
    target.live.list().map(({ path }) => path),
    inOrder(before).map(({ path }) => path),
  );
  assert.deepEqual([...target.sealedPoints.keys()], ["point-0"], "nothing was sealed meanwhile");
  assert.equal((await protect(stage, "2", later, first)).phase, "done");
});

test("a signature of another agent, or a point before that is not the base, seals nothing", async () => {
  const { stage, first } = await sealedOnce();
  const changes: readonly ((order: Instruction["order"]) => object)[] = [
    (order) => ("source" in order ? { source: { ...order.source, agent: "agent-x" } } : {}),
    (order) => ("source" in order ? { source: { ...order.source, publicKey: "another" } } : {}),
    (order) => ("source" in order ? { source: { ...order.source, signature: "AAAA" } } : {}),
    () => ({ previous: null }),
    () => ({ previous: "point-9" }),
  ];
  for (const [index, change] of changes.entries()) {
    const restore = altering(stage, "seal", change);
    const run = await protect(stage, `1x${index}`, later, first);
    restore();
    assert.deepEqual([run.phase, run.cause?.code], ["failed", "protocol"], String(index));
  }
});

test("an agent that has lost the certificate of the point before says so instead of taking any", async () => {
  for (const side of ["source", "target"] as const) {
    const { stage, first } = await sealedOnce();
    stage.sites[side].files.content.delete("points/billing/run-0/certificate.json");
    const run = await protect(stage, "1", later, first);
    assert.deepEqual([run.phase, run.cause?.code], ["failed", "base-mismatch"], side);
    assert.match(run.cause?.message ?? "", /holds no certificate of the point point-0/);
  }
});

test("a certificate that was edited on disk is not taken for the one before", async () => {
  const { stage, first } = await sealedOnce();
  const { content } = stage.sites.source.files;
  const path = "points/billing/run-0/certificate.json";
  const text = new TextDecoder().decode(content.get(path));
  content.set(path, new TextEncoder().encode(text.replace('"deletions": 0', '"deletions": 1')));
  assert.equal((await protect(stage, "1", later, first)).cause?.code, "protocol");
  content.set(path, new TextEncoder().encode(text.slice(0, -20)));
  assert.equal((await protect(stage, "2", later, first)).cause?.code, "corrupt");
});
