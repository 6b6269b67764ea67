import assert from "node:assert/strict";
import { test } from "node:test";
import { type Chance, chanceOf } from "../testing/chance.ts";
import {
  answer,
  armed,
  directed,
  MOMENT,
  opened,
  ready,
  report,
  resultOf,
  runIn,
  success,
} from "../testing/runs.ts";
import { DIRECTIONS, type Direction } from "./direction.ts";
import type { Result, Step } from "./instruction.ts";
import { type Command, isOver, type Phase, type Run, type RunEvent, step } from "./run.ts";

const SEEDS = 4000;
const PHASES: readonly Phase[] = [
  "opening",
  "arming",
  "armed",
  "sending",
  "verifying",
  "signing",
  "sealing",
  "closing",
  "giving-up",
];
const STEPS: readonly Step[] = [
  "open-holding",
  "take-snapshots",
  "receive-snapshots",
  "send-snapshots",
  "serve-snapshots",
  "replicate-snapshots",
  "verify",
  "sign",
  "seal",
  "release",
];
/** Steps of the source alone. */
const SOURCES: readonly Step[] = ["take-snapshots", "send-snapshots", "serve-snapshots", "sign"];
const SEALING = runIn("sealing");

/** Any event at all, in no order; more often than not one that fits. */
function randomEvent(chance: Chance, run: Run): RunEvent {
  const side = chance.pick(["source", "target"] as const);
  const name = chance.pick(STEPS);
  const own = SOURCES.includes(name) ? "source" : "target";
  const good = (): Result => resultOf(name === "seal" ? SEALING : run, name);
  switch (chance.below(12)) {
    case 0:
      return { kind: "begin" };
    case 1:
      return { kind: "deadline", phase: chance.pick(PHASES) };
    case 2:
      return { kind: "cancel", by: "user:ann" };
    case 3:
      return answer(side, name, { ok: false, failure: { code: "corrupt", message: "x", evidence: [] } });
    case 4:
      return answer(side, name, { ok: true, result: resultOf(SEALING, chance.pick(STEPS)) });
    case 5:
      return chance.once(2) ? opened(run, chance.below(100)) : ready(run);
    case 6:
      return armed(run);
    case 7:
      return report(run, side, {
        kind: "progress",
        progress: { doing: "x", filesDone: 0, filesTotal: null, bytesDone: 0, bytesTotal: null },
      });
    case 8:
      return answer("source", "take-snapshots", { ok: true, result: oddly(chance, run) });
    default:
      return chance.once(3)
        ? success(SEALING, own, name)
        : answer(name === "release" ? side : own, name, { ok: true, result: good() });
  }
}

/** Receipts of every grade, with and without the cluster's identity. */
function oddly(chance: Chance, run: Run): Result {
  const good = resultOf(run, "take-snapshots") as Result & { step: "take-snapshots" };
  const { identity: _, ...nameless } = good;
  const [receipt] = good.receipts;
  assert.ok(receipt);
  return {
    ...(chance.once(3) ? nameless : good),
    receipts: [
      { ...receipt, earliest: MOMENT + chance.below(20) - 5, latest: MOMENT + 10 + chance.below(150) },
    ],
    openFiles: { kind: chance.pick(["frozen", "listed", "unknown"]), count: 0, why: null },
    clock: { ...good.clock, stepMs: chance.below(150) },
  };
}

interface Told {
  readonly before: Run;
  readonly event: RunEvent;
  readonly run: Run;
  readonly commands: readonly Command[];
}

function* histories(): Generator<readonly [seed: number, history: readonly Told[]]> {
  for (let seed = 1; seed <= SEEDS; seed++) {
    const chance = chanceOf(seed);
    const begun = directed(chance.pick<Direction>(["push", "pull"]));
    let run: Run = chance.once(3) ? begun : runIn(chance.pick(PHASES.slice(0, -1)), begun);
    const history: Told[] = [];
    for (let i = 0; i < 40; i++) {
      const event = randomEvent(chance, run);
      const before = run;
      const stepped = step(before, event);
      run = stepped.run;
      history.push({ before, event, run, commands: stepped.commands });
    }
    yield [seed, history];
  }
}

const ordered = (told: readonly Told[]) =>
  told.flatMap(({ commands }) =>
    commands.flatMap((one) => (one.kind === "instruct" ? [one.instruction] : [])),
  );

test("whatever happens, in whatever order: the reducer never throws, and a phase that is over stays over", () => {
  const seen = new Set<Phase>();
  for (const [seed, history] of histories()) {
    for (const { before, run, commands } of history) {
      seen.add(run.phase);
      if (!isOver(before.phase)) continue;
      assert.deepEqual([run, commands], [before, []], `seed ${seed}`);
    }
  }
  assert.equal(seen.size, 11, [...seen].join());
});

test("phases only ever go forward, or to giving up and its end", () => {
  const order: readonly Phase[] = [...PHASES.slice(0, -1), "done", "giving-up", "failed"];
  for (const [seed, history] of histories())
    for (const { before, run } of history) {
      assert.ok(
        order.indexOf(run.phase) >= order.indexOf(before.phase),
        `seed ${seed}: ${before.phase} → ${run.phase}`,
      );
      if (before.phase === "giving-up") assert.ok(run.phase === "giving-up" || run.phase === "failed");
      if (["sealing", "closing"].includes(before.phase) && run.phase === "giving-up")
        assert.equal(before.phase, "sealing", `seed ${seed}`);
    }
});

test("nobody is asked for snapshots before the secondary is open, nor to transfer before they are taken, nor to dial before the other listens", () => {
  for (const [seed, history] of histories()) {
    if (history[0]?.before.phase !== "opening") continue;
    for (const [index, told] of history.entries()) {
      const earlier = history.slice(0, index + 1).map(({ event }) => event);
      const { listens, dials } = DIRECTIONS[told.run.service.policy.direction];
      for (const { order } of ordered([told])) {
        if (order.step === "take-snapshots")
          assert.ok(
            earlier.some((one) => one.kind === "answered" && one.step === "open-holding" && one.outcome.ok),
            `seed ${seed}`,
          );
        if (order.step === listens.step) assert.ok(told.run.taken !== null, `seed ${seed}`);
        if (order.step === dials.step)
          assert.ok(
            earlier.some(
              (one) => one.kind === "reported" && one.report.kind === "ready" && one.side === listens.side,
            ),
            `seed ${seed}`,
          );
        if (order.step === "sign")
          assert.ok(told.run.sent?.manifest.sha256 === told.run.received?.manifest.sha256);
        if (order.step === "seal") assert.ok(told.run.signature !== null);
      }
    }
  }
});

test("the instructions of a transfer are those of the run's direction, each given once", () => {
  const seen = new Set<Step>();
  for (const [seed, history] of histories()) {
    const { direction } = (history[0] as Told).before.service.policy;
    const { listens, dials } = DIRECTIONS[direction];
    const given = ordered(history).filter(
      ({ order }) => order.step.endsWith("-snapshots") && order.step !== "take-snapshots",
    );
    for (const { order, role } of given) {
      seen.add(order.step);
      const end = order.step === listens.step ? listens : dials;
      assert.equal(order.step, end.step, `seed ${seed}`);
      assert.equal(role, end.side === "source" ? "primary" : "secondary", `seed ${seed}`);
    }
    assert.equal(new Set(given.map(({ id }) => id)).size, given.length, `seed ${seed}`);
  }
  assert.equal(seen.size, 4);
});

test("at most one point is sealed in a run; it comes before any release, and only from the target's own seal", () => {
  for (const [seed, history] of histories()) {
    let sealed = 0;
    for (const { before, event, run, commands } of history) {
      const kinds = commands.map((command) =>
        command.kind === "instruct" ? command.instruction.order.step : command.kind,
      );
      if (kinds.includes("seal-point")) {
        sealed++;
        assert.ok(
          before.phase === "sealing" &&
            event.kind === "answered" &&
            event.step === "seal" &&
            event.side === "target",
        );
        assert.ok(kinds.indexOf("seal-point") < kinds.indexOf("release"), `seed ${seed}`);
      }
      for (const { order } of ordered([{ before, event, run, commands }])) {
        if (order.step !== "release") continue;
        assert.equal(order.outcome === "sealed", run.phase === "closing", `seed ${seed}`);
        if (order.outcome === "sealed" && history[0]?.before.phase !== "closing")
          assert.equal(sealed, 1, `seed ${seed}`);
      }
    }
    assert.ok(sealed <= 1, `seed ${seed}`);
  }
});

test("a run that is given up has a cause, and no point", () => {
  for (const [seed, history] of histories()) {
    const end = history.at(-1)?.run;
    if (end?.phase === "failed" || end?.phase === "giving-up") {
      assert.ok(end.cause !== null, `seed ${seed}`);
      assert.equal(end.certificate, null, `seed ${seed}`);
    }
    if (end?.phase === "done") assert.ok(end.certificate !== null, `seed ${seed}`);
  }
});

test("every instruction names its run, epoch and one of both clusters, and is given again with the same words", () => {
  for (const [seed, history] of histories()) {
    const given = new Map<string, string>();
    for (const instruction of ordered(history)) {
      assert.equal(instruction.run, "run-1");
      assert.equal(instruction.epoch, 1);
      assert.equal(instruction.cluster, instruction.role === "primary" ? "east" : "west");
      const text = JSON.stringify(instruction.order);
      const before = given.get(instruction.id);
      if (before !== undefined) assert.equal(text, before, `seed ${seed}`);
      given.set(instruction.id, text);
    }
  }
});
