import assert from "node:assert/strict";
import { test } from "node:test";
import type { Failure } from "../errors.ts";
import {
  answer,
  armed,
  courseTo,
  directed,
  identities,
  MOMENT,
  opened,
  ready,
  report,
  resultOf,
  runIn,
  sampleRun,
  success,
} from "../testing/runs.ts";
import { DIRECTIONS, type Direction } from "./direction.ts";
import type { Result, Side, Step } from "./instruction.ts";
import {
  type Command,
  OPENING_MS_MAX,
  type Phase,
  RECEIPTS_MS_MAX,
  type Run,
  type RunEvent,
  STALL_MS_MAX,
  step,
} from "./run.ts";

const WORKING: readonly Phase[] = [
  "opening",
  "arming",
  "armed",
  "sending",
  "verifying",
  "signing",
  "sealing",
];
const FAILURE: Failure = { code: "no-right", message: "chown refused", evidence: ["/data"] };

const BOTH: readonly Direction[] = ["push", "pull"];

/** Commands in short: `instruct take-snapshots→east`, `deadline opening`. */
function short(commands: readonly Command[]): string[] {
  return commands.map((command) => {
    if (command.kind === "instruct")
      return `${command.instruction.order.step}→${command.instruction.cluster}`;
    if (command.kind === "pin") return `pin ${command.cluster}`;
    return command.kind === "seal-point" ? command.kind : `${command.kind} ${command.phase}`;
  });
}

function after(run: Run, event: RunEvent): readonly [Phase, string[]] {
  const next = step(run, event);
  return [next.run.phase, short(next.commands)];
}

function unchanged(run: Run, event: RunEvent): void {
  const next = step(run, event);
  assert.deepEqual([next.run, next.commands], [run, []], JSON.stringify(event).slice(0, 200));
}

test("a run that goes well: each phase's instructions come when the one before is done; who dials is told where", () => {
  const transfer = {
    push: { listen: "receive-snapshots→west", dial: "send-snapshots→east" },
    pull: { listen: "serve-snapshots→east", dial: "replicate-snapshots→west" },
  };
  for (const direction of BOTH) {
    const steps = courseTo(directed(direction), "done");
    const course = steps.map(({ run, commands }) => [run.phase, short(commands)]);
    assert.deepEqual(course, [
      ["opening", ["open-holding→west", "deadline opening"]],
      ["arming", ["take-snapshots→east", "deadline-at arming", "pin west"]],
      ["armed", ["deadline-at armed", "pin east"]],
      ["sending", [transfer[direction].listen, "deadline sending"]],
      ["sending", [transfer[direction].dial, "deadline sending"]],
      ["sending", ["deadline sending"]],
      ["verifying", ["verify→west", "deadline verifying"]],
      ["signing", ["sign→east", "deadline signing"]],
      ["sealing", ["seal→west"]],
      ["closing", ["seal-point", "release→east", "release→west"]],
      ["closing", []],
      ["done", []],
    ]);
  }
});

test("each end of a transfer is told of the other, and whoever dials of the listener's address", () => {
  for (const direction of BOTH) {
    const orders = courseTo(directed(direction), "done").flatMap(({ commands }) =>
      commands.flatMap((one) => (one.kind === "instruct" ? [one.instruction] : [])),
    );
    const { listens, dials } = DIRECTIONS[direction];
    const listen = orders.find(({ order }) => order.step === listens.step);
    const dial = orders.find(({ order }) => order.step === dials.step);
    assert.ok(listen?.order.step === listens.step && dial?.order.step === dials.step);
    assert.deepEqual([listen.order.peer.cluster, dial.order.peer.cluster], [dial.cluster, listen.cluster]);
    assert.equal(dial.order.address, `${listen.cluster}:9000`);
  }
});

test("a cluster that was met before is pinned no more, and every instruction names what it must prove to be", () => {
  const known = {
    ...sampleRun,
    source: { ...sampleRun.source, identity: identities.source },
    target: { ...sampleRun.target, identity: identities.target },
  };
  const commands = courseTo(known, "done").flatMap((stepped) => stepped.commands);
  assert.ok(commands.every(({ kind }) => kind !== "pin"));
  for (const command of commands) {
    if (command.kind !== "instruct") continue;
    const side = command.instruction.role === "primary" ? "source" : "target";
    assert.deepEqual(command.instruction.identity, identities[side]);
  }
});

test("the deadlines: opening and stalls by elapsed time, the moment's own by the clock", () => {
  const deadlines = courseTo(sampleRun, "done").flatMap(({ commands }) =>
    commands.flatMap((one) =>
      one.kind === "deadline" ? [one.afterMs] : one.kind === "deadline-at" ? [one.at - MOMENT] : [],
    ),
  );
  assert.deepEqual(deadlines, [
    OPENING_MS_MAX,
    100,
    100 + RECEIPTS_MS_MAX,
    STALL_MS_MAX,
    STALL_MS_MAX,
    STALL_MS_MAX,
    STALL_MS_MAX,
    STALL_MS_MAX,
  ]);
});

test("progress of either side puts a stall off, is kept, and does no more", () => {
  const progress = { doing: "sending", filesDone: 1, filesTotal: 2, bytesDone: 3, bytesTotal: null };
  for (const phase of ["sending", "verifying", "signing"] as const) {
    const next = step(runIn(phase), report(sampleRun, "source", { kind: "progress", progress }));
    assert.deepEqual(next.commands, [{ kind: "deadline", phase, afterMs: STALL_MS_MAX }]);
    assert.deepEqual(next.run, { ...runIn(phase), progress: { source: progress, target: null } });
  }
  // The moment comes, whatever is reported; and sealing is never given up.
  for (const phase of ["opening", "arming", "armed", "sealing", "closing"] as const)
    assert.deepEqual(
      step(runIn(phase), report(sampleRun, "target", { kind: "progress", progress })).commands,
      [],
    );
});

test("a target that has opened too late for the source to be armed ends the run before any snapshot", () => {
  const late = step(runIn("opening"), opened(sampleRun, 19));
  assert.equal(late.run.cause?.code, "moment-too-near");
  assert.deepEqual(short(late.commands), ["release→east", "release→west"]);
  assert.equal(step(runIn("opening"), opened(sampleRun, 20)).run.phase, "arming");
});

test("receipts may come before the report of being armed, which may be lost, also at the first meeting", () => {
  const arming = runIn("arming");
  const next = step(arming, success(arming, "source", "take-snapshots"));
  assert.equal(next.run.phase, "sending");
  assert.deepEqual(next.run.source.identity, identities.source);
  assert.deepEqual(short(next.commands), ["receive-snapshots→west", "deadline sending", "pin east"]);
  assert.equal(courseTo(next.run, "sending").at(-1)?.run.phase, "sending");
});

test("without any word of which cluster it is there is no point", () => {
  const { identity: _, ...rest } = resultOf(sampleRun, "take-snapshots") as Result & {
    step: "take-snapshots";
  };
  const next = step(runIn("arming"), answer("source", "take-snapshots", { ok: true, result: rest }));
  assert.deepEqual([next.run.phase, next.run.cause?.code], ["giving-up", "protocol"]);
});

/** The answer of the snapshots with something changed. */
function takenWith(change: Partial<Result & { step: "take-snapshots" }>): RunEvent {
  const result = {
    ...(resultOf(sampleRun, "take-snapshots") as Result & { step: "take-snapshots" }),
    ...change,
  };
  return answer("source", "take-snapshots", { ok: true, result });
}

function tolerating(change: Partial<Run["service"]["policy"]["tolerance"]>): Run {
  const { service } = sampleRun;
  const tolerance = { ...service.policy.tolerance, ...change };
  return { ...sampleRun, service: { ...service, policy: { ...service.policy, tolerance } } };
}

const lateReceipts = resultOf(sampleRun, "take-snapshots").step === "take-snapshots" && [
  {
    root: "/data",
    snapshotName: "s",
    sets: ["ledger"],
    earliest: MOMENT - 3,
    latest: MOMENT + 140,
    clusterStamp: null,
  },
];

test("a torn moment is refused with its figures, or marked where the policy says so", () => {
  const torn = takenWith({ receipts: lateReceipts || [] });
  const refused = step(runIn("armed"), torn);
  assert.deepEqual([refused.run.phase, refused.run.cause?.code], ["giving-up", "torn"]);
  assert.match(refused.run.cause?.message ?? "", /-3 to 140 ms after 2026-.*, tolerated are 0 to 100 ms/);
  assert.equal(refused.run.grade?.kind, "torn");
  const marked = step(runIn("armed", tolerating({ beyond: "mark" })), torn);
  assert.deepEqual([marked.run.phase, marked.run.grade?.byMs], ["sending", 40]);
});

test("open files that nobody can name are refused, or marked where the policy says so", () => {
  const unknown = takenWith({ openFiles: { kind: "unknown", count: 0, why: "no right to list them" } });
  const refused = step(runIn("armed"), unknown);
  assert.deepEqual(refused.run.cause, {
    code: "open-files-unknown",
    message: "no right to list them",
    evidence: [],
  });
  const marked = step(runIn("armed", tolerating({ openFiles: "mark" })), unknown);
  assert.deepEqual([marked.run.phase, marked.run.grade?.kind], ["sending", "within"]);
});

test("a clock that stepped around the moment by more than the tolerance voids it", () => {
  const clock = { source: "control:1", offsetMs: 0, errorMs: 1, stepMs: 100.5 };
  const refused = step(runIn("armed"), takenWith({ clock }));
  assert.deepEqual([refused.run.phase, refused.run.cause?.code], ["giving-up", "clock-unproven"]);
  assert.equal(step(runIn("armed"), takenWith({ clock: { ...clock, stepMs: 100 } })).run.phase, "sending");
});

test("manifests that are not equal make no point", () => {
  const sending = step(runIn("sending"), success(sampleRun, "target", "receive-snapshots")).run;
  const sent = resultOf(sampleRun, "send-snapshots") as Result & { step: "send-snapshots" };
  const other = { ...sent, manifest: { ...sent.manifest, sha256: "b".repeat(64) } };
  const next = step(sending, answer("source", "send-snapshots", { ok: true, result: other }));
  assert.deepEqual([next.run.phase, next.run.cause?.code], ["giving-up", "not-equal"]);
});

/** Which step of which side a phase waits for. */
const DUE: Readonly<Record<Direction, readonly (readonly [Phase, Side, Step])[]>> = {
  push: [
    ["sending", "source", "send-snapshots"],
    ["sending", "target", "receive-snapshots"],
  ],
  pull: [
    ["sending", "source", "serve-snapshots"],
    ["sending", "target", "replicate-snapshots"],
  ],
};
const DUE_IN_BOTH: readonly (readonly [Phase, Side, Step])[] = [
  ["opening", "target", "open-holding"],
  ["arming", "source", "take-snapshots"],
  ["armed", "source", "take-snapshots"],
  ["verifying", "target", "verify"],
  ["signing", "source", "sign"],
  ["sealing", "target", "seal"],
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
];
const dueIn = (direction: Direction) => [...DUE[direction], ...DUE_IN_BOTH];

test("a failure of what a phase waits for gives the run up with that cause and releases both sides", () => {
  for (const direction of BOTH) {
    for (const [phase, side, name] of dueIn(direction)) {
      const run = runIn(phase, directed(direction));
      const next = step(run, answer(side, name, { ok: false, failure: FAILURE }));
      assert.deepEqual([next.run.phase, next.run.cause], ["giving-up", FAILURE], `${name} in ${phase}`);
      assert.deepEqual(short(next.commands), ["release→east", "release→west"]);
      for (const command of next.commands)
        assert.ok(command.kind === "instruct" && command.instruction.order.step === "release");
      const orders = next.commands.map((one) => one.kind === "instruct" && one.instruction.order);
      assert.ok(orders.every((order) => order && order.step === "release" && order.outcome === "void"));
    }
  }
});

test("any other answer is late or repeated, or of the other direction: it changes nothing, failures included", () => {
  const over: readonly Phase[] = ["closing", "done"];
  for (const direction of BOTH) {
    for (const phase of [...WORKING, ...over]) {
      for (const side of ["source", "target"] as const) {
        for (const name of STEPS) {
          if (dueIn(direction).some((due) => due[0] === phase && due[1] === side && due[2] === name))
            continue;
          const run = runIn(phase, directed(direction));
          unchanged(run, answer(side, name, { ok: false, failure: FAILURE }));
          if (name !== "seal" || phase === "sealing" || phase === "closing")
            unchanged(run, success(runIn("sealing"), side, name));
        }
      }
    }
  }
});

test("an answer with the result of another step is a breach of the protocol, not a success", () => {
  const next = step(
    runIn("verifying"),
    answer("target", "verify", { ok: true, result: resultOf(sampleRun, "release") }),
  );
  assert.deepEqual([next.run.phase, next.run.cause?.code], ["giving-up", "protocol"]);
});

test("the same report again changes nothing", () => {
  for (const direction of BOTH) {
    const run = directed(direction);
    const sending = step(runIn("sending", run), ready(run)).run;
    unchanged(sending, ready(run));
    for (const phase of ["opening", "arming", "armed", "verifying"] as const)
      unchanged(runIn(phase, run), ready(run));
    const wrongSide = ready(directed(direction === "push" ? "pull" : "push"));
    unchanged(runIn("sending", run), wrongSide);
  }
  unchanged(runIn("armed"), armed(sampleRun));
  unchanged(runIn("opening"), armed(sampleRun));
  assert.deepEqual(after(runIn("opening"), { kind: "begin" })[0], "opening");
  unchanged(runIn("sealing"), { kind: "begin" });
});

test("deadlines end a phase that lasts too long, each with its cause, and mean nothing later", () => {
  const causes = WORKING.map(
    (phase) => step(runIn(phase), { kind: "deadline", phase }).run.cause?.code ?? null,
  );
  assert.deepEqual(causes, [
    "agent-lost",
    "moment-too-near",
    "agent-lost",
    "stalled",
    "stalled",
    "stalled",
    null,
  ]);
  for (const phase of ["sealing", "closing"] as const) unchanged(runIn(phase), { kind: "deadline", phase });
  for (const phase of WORKING)
    for (const other of WORKING)
      if (other !== phase) unchanged(runIn(phase), { kind: "deadline", phase: other });
});

test("a run can be cancelled until it seals; from then on it goes to its end", () => {
  for (const phase of WORKING) {
    const run = runIn(phase);
    if (phase === "sealing") unchanged(run, { kind: "cancel", by: "user:ann" });
    else {
      const { run: next } = step(run, { kind: "cancel", by: "user:ann" });
      assert.deepEqual([next.phase, next.cause?.message], ["giving-up", "cancelled by user:ann"]);
    }
  }
  for (const phase of ["closing", "done"] as const)
    unchanged(runIn(phase), { kind: "cancel", by: "user:ann" });
});

test("a run that is given up is over once both sides have released, in any order, repeats counted once", () => {
  for (const order of [
    ["source", "target"],
    ["target", "source"],
  ] as const) {
    let run = step(runIn("sending"), { kind: "cancel", by: "user:ann" }).run;
    run = step(run, success(run, order[0], "release")).run;
    run = step(run, success(run, order[0], "release")).run;
    assert.equal(run.phase, "giving-up");
    run = step(run, success(run, order[1], "release")).run;
    assert.deepEqual([run.phase, run.cause?.code], ["failed", "released"]);
    unchanged(run, success(run, order[1], "release"));
    unchanged(run, { kind: "begin" });
  }
});

test("a release that failed for good is not passed over in silence", () => {
  let run = runIn("closing");
  run = step(run, success(run, "target", "release")).run;
  run = step(run, answer("source", "release", { ok: false, failure: FAILURE })).run;
  assert.deepEqual([run.phase, run.cause], ["done", FAILURE]);
  let failed = step(runIn("sending"), { kind: "cancel", by: "user:ann" }).run;
  for (const side of ["source", "target"] as const)
    failed = step(failed, answer(side, "release", { ok: false, failure: FAILURE })).run;
  assert.deepEqual([failed.phase, failed.cause?.code], ["failed", "released"], "the first cause stays");
});

test("the certificate says what both agents answered", () => {
  const signing = runIn("signing");
  const [command] = step(runIn("verifying"), success(signing, "target", "verify")).commands;
  const order = command?.kind === "instruct" ? command.instruction.order : null;
  assert.ok(order?.step === "sign");
  assert.deepEqual(order.body.dataSets, [
    { name: "ledger", source: "/data/ledger", target: "/coeval/billing/ledger" },
    { name: "scans", source: "/data/in/scans", target: "/coeval/billing/in/scans" },
  ]);
  assert.deepEqual(order.body.primary, { cluster: "east", identity: identities.source });
  assert.equal(order.body.moment, "2026-11-21T10:31:41.007Z");
  assert.deepEqual(order.body.receipts, signing.taken?.receipts);
});
