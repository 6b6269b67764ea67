/**
 * The executor: takes instructions, each at most once, and carries them out. What comes late or again is answered from the journal;
 * after a crash the open ones go on.
 */
import { CoevalError, type Failure, toFailure } from "@coeval/core/errors";
import { judgeEpoch } from "@coeval/core/model/role";
import type { Instruction, Outcome, Report, Result, Step } from "@coeval/core/protect/instruction";
import {
  answerInstruction,
  listInstructions,
  noteInstruction,
  openInstruction,
  readInstruction,
  refuseInstruction,
} from "@coeval/store/agent/journal";
import { endRun, isEnded } from "@coeval/store/agent/runs";
import { readTenure } from "@coeval/store/agent/tenures";
import type { Context } from "./context.ts";
import { checkLimits, type Limits } from "./limits.ts";
import { release } from "./release.ts";
import { seal } from "./seal.ts";
import { sign } from "./sign.ts";
import { takeSnapshots } from "./snapshot.ts";
import { receiveSnapshots } from "./transfer/receive.ts";
import { sendSnapshots } from "./transfer/send.ts";
import { verify } from "./verify.ts";

/** What the steps share; the rest of their context is made for each. */
export type Shared = Omit<
  Context,
  "instruction" | "note" | "saveNote" | "report" | "cancel" | "source" | "target"
>;

export interface ExecutorOptions {
  readonly cluster: string;
  readonly limits: Limits;
  readonly shared: Shared;
  /** The cluster's drivers, once it is known how it is reached. */
  readonly drivers: () => Promise<Pick<Context, "source" | "target">>;
  readonly report: (instruction: string, report: Report) => void;
  readonly answer: (instruction: string, outcome: Outcome) => void;
}

export interface Executor {
  /** Takes an instruction in; resolves when it is journaled and under way, or answered. */
  instruct(instruction: Instruction): Promise<void>;
  /** Goes on with what was open when the process ended. */
  resume(): Promise<void>;
  /** Stops all work without answering: it goes on at the next start. */
  stop(): Promise<void>;
}

const STEPS: { readonly [S in Step]: (context: never) => Promise<Result> } = {
  "take-snapshots": takeSnapshots,
  "receive-snapshots": receiveSnapshots,
  "send-snapshots": sendSnapshots,
  verify,
  sign,
  seal,
  release,
};

interface Task {
  readonly run: string;
  readonly abort: AbortController;
  readonly over: Promise<void>;
}

const STOPPING = new CoevalError("internal-stop", "the agent is stopping");

export function createExecutor(options: ExecutorOptions): Executor {
  const { db, world } = options.shared;
  const tasks = new Map<string, Task>();
  let taking: Promise<void> = Promise.resolve();
  let stopped = false;

  async function take(instruction: Instruction): Promise<void> {
    if (stopped || tasks.has(instruction.id)) return;
    const entry = await readInstruction(db, instruction.id);
    if (entry?.outcome) {
      options.answer(instruction.id, entry.outcome);
      return;
    }
    if (!entry) {
      const failure = await refuse(options, instruction);
      if (failure) {
        world.log.warn("instruction refused", {
          instruction: instruction.id,
          code: failure.code,
          why: failure.message,
        });
        const outcome: Outcome = { ok: false, failure };
        await refuseInstruction(db, instruction, outcome);
        options.answer(instruction.id, outcome);
        return;
      }
      await openInstruction(db, instruction);
    }
    start(instruction, entry?.note ?? null);
  }

  function start(instruction: Instruction, note: unknown): void {
    const abort = new AbortController();
    const over = carryOut(instruction, note, abort.signal)
      .catch((thrown: unknown) =>
        world.log.error("instruction lost", { instruction: instruction.id, why: toFailure(thrown).message }),
      )
      .finally(() => tasks.delete(instruction.id));
    tasks.set(instruction.id, { run: instruction.run, abort, over });
  }

  async function carryOut(instruction: Instruction, note: unknown, cancel: AbortSignal): Promise<void> {
    let outcome: Outcome;
    try {
      if (instruction.order.step === "release") await end(instruction);
      const { source, target } = await options.drivers();
      const context: Context = {
        ...options.shared,
        source,
        target,
        instruction,
        note,
        cancel,
        saveNote: (value) => noteInstruction(db, instruction.id, value),
        report: (report) => options.report(instruction.id, report),
      };
      outcome = { ok: true, result: await STEPS[instruction.order.step](context as never) };
    } catch (thrown) {
      if (stopped) return;
      outcome = { ok: false, failure: cancel.aborted ? toFailure(cancel.reason) : toFailure(thrown) };
      world.log.warn("instruction failed", {
        instruction: instruction.id,
        code: outcome.failure.code,
        why: outcome.failure.message,
      });
    }
    await answerInstruction(db, instruction.id, outcome);
    options.answer(instruction.id, outcome);
  }

  /** Nothing of the run begins any more, and what is under way ends before the release works. */
  async function end(instruction: Instruction): Promise<void> {
    if (instruction.order.step !== "release") return;
    await endRun(db, instruction.run, instruction.order.outcome);
    const others = [...tasks].filter(([id, task]) => task.run === instruction.run && id !== instruction.id);
    for (const [, task] of others) task.abort.abort(new CoevalError("released", "the run was given up"));
    await Promise.all(others.map(([, task]) => task.over));
  }

  return {
    instruct(instruction) {
      taking = taking
        .then(() => take(instruction))
        .catch((thrown: unknown) =>
          world.log.error("instruction not taken", {
            instruction: instruction.id,
            why: toFailure(thrown).message,
          }),
        );
      return taking;
    },
    async resume() {
      for (const { instruction, note } of await listInstructions(db, "open")) {
        if (!tasks.has(instruction.id)) start(instruction, note);
      }
    },
    async stop() {
      stopped = true;
      for (const task of tasks.values()) task.abort.abort(STOPPING);
      await Promise.all([...tasks.values()].map((task) => task.over));
    },
  };
}

/** Why an instruction must not take effect; null when it may. */
async function refuse(options: ExecutorOptions, instruction: Instruction): Promise<Failure | null> {
  const { db } = options.shared;
  try {
    if (instruction.cluster !== options.cluster) {
      throw new CoevalError(
        "beyond-limits",
        `this agent stands beside ${options.cluster}, not ${instruction.cluster}`,
      );
    }
    if (instruction.order.step !== "release" && (await isEnded(db, instruction.run))) {
      throw new CoevalError("released", `the run ${instruction.run} is over`);
    }
    const tenure = await readTenure(db, instruction.service);
    const stored = tenure?.epoch ?? 0;
    const verdict = judgeEpoch(stored, instruction.epoch);
    if (
      verdict === "stale" ||
      verdict === "skipped" ||
      (verdict === "same" && tenure?.role !== instruction.role)
    ) {
      const had = tenure ? `${tenure.role} in epoch ${stored}` : "unknown here";
      throw new CoevalError(
        "epoch",
        `${instruction.service} is ${had}; ${instruction.role} in epoch ${instruction.epoch} was instructed`,
      );
    }
    checkLimits(options.limits, instruction);
    return null;
  } catch (thrown) {
    return toFailure(thrown);
  }
}
