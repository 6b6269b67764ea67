/**
 * The executor: takes instructions, each at most once, and carries them out. What comes late or again is answered from the journal;
 * after a crash the open ones go on.
 */
import { CoevalError, toFailure } from "@coeval/core/errors";
import type { RunLine } from "@coeval/core/model/run-line";
import type { Tenure } from "@coeval/core/model/role";
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
import {
  type Appointment,
  listUnfinished,
  readAppointment,
  writeAppointment,
} from "@coeval/store/agent/appointment";
import type { Context } from "./context.ts";
import { pointFolder, runFolder } from "./folders.ts";
import type { Lease } from "./lease.ts";
import type { Limits } from "./limits.ts";
import { openHolding } from "./open-holding.ts";
import { refusalOf } from "./refusal.ts";
import { release } from "./release.ts";
import { retire } from "./retire.ts";
import { createRunLines, type RunLines } from "./run-lines.ts";
import { seal } from "./seal.ts";
import { sign } from "./sign.ts";
import { takeSnapshots } from "./snapshot.ts";
import { receiveSnapshots, replicateSnapshots } from "./transfer/receive.ts";
import { sendSnapshots, serveSnapshots } from "./transfer/send.ts";
import { unlessCancelled } from "./unless-cancelled.ts";
import { verify } from "./verify.ts";

/** What the steps share; the rest of their context is made for each. */
export type Shared = Omit<
  Context,
  | "instruction"
  | "note"
  | "saveNote"
  | "report"
  | "tell"
  | "givenAgoMs"
  | "cancel"
  | "source"
  | "target"
  | "lease"
  | "limits"
>;

export interface ExecutorOptions {
  readonly cluster: string;
  readonly limits: Limits;
  readonly lease: Lease;
  readonly shared: Shared;
  /** The cluster's drivers, once it is known how it is reached. */
  readonly drivers: () => Promise<Pick<Context, "source" | "target">>;
  /** False when there is no link: it was dropped. */
  readonly report: (instruction: string, report: Report, lines: readonly RunLine[]) => boolean;
  readonly answer: (instruction: string, outcome: Outcome) => void;
}

export interface Executor {
  /** Takes an instruction of a term in; resolves when it is journaled and under way, or answered. One of another term is not heeded. */
  instruct(instruction: Instruction, term: number): Promise<void>;
  /** Acts, or stands by, from now on; resolves when that is stored, and nothing of another term runs any more. */
  appoint(appointment: Appointment, tenures: readonly Tenure[]): Promise<void>;
  /** Goes on with what is open, as far as the lease allows. */
  resume(): Promise<void>;
  /** Stops all work without answering: the lease ran out. It goes on when there is a new one. */
  pause(): void;
  /** Stops all work without answering: it goes on at the next start. */
  stop(): Promise<void>;
}

const STEPS: { readonly [S in Step]: (context: never) => Promise<Result> } = {
  "take-snapshots": takeSnapshots,
  "open-holding": openHolding,
  "receive-snapshots": receiveSnapshots,
  "send-snapshots": sendSnapshots,
  "serve-snapshots": serveSnapshots,
  "replicate-snapshots": replicateSnapshots,
  verify,
  sign,
  seal,
  release,
  retire,
};

interface Task {
  readonly run: string;
  readonly abort: AbortController;
  readonly lines: RunLines;
  /** When it came last, or was taken up again from the journal. */
  givenElapsedMs: number;
  /** What it reported that is more than progress; told again when the instruction comes again, since reports may be lost. */
  said: Report | null;
  over: Promise<void>;
}

/** One executor's state. */
interface Work {
  readonly options: ExecutorOptions;
  readonly tasks: Map<string, Task>;
  stopped: boolean;
}

const PAUSED = new CoevalError("internal-stop", "the control device was not heard for longer than the lease");
const STOPPING = new CoevalError("internal-stop", "the agent is stopping");

export function createExecutor(options: ExecutorOptions): Executor {
  const { db, world } = options.shared;
  const work: Work = { options, tasks: new Map(), stopped: false };
  let taking: Promise<void> = Promise.resolve();
  return {
    instruct(instruction, term) {
      const { id } = instruction;
      taking = taking
        .then(() => (mayTake(work, instruction, term) ? take(work, instruction) : undefined))
        .catch((thrown: unknown) =>
          world.log.error("instruction not taken", { instruction: id, why: toFailure(thrown).message }),
        );
      return taking;
    },
    appoint(appointment, tenures) {
      const stored = taking.then(() => appoint(work, appointment, tenures));
      taking = stored.catch((thrown: unknown) =>
        world.log.error("appointment not stored", { why: toFailure(thrown).message }),
      );
      return stored;
    },
    pause() {
      for (const task of work.tasks.values()) task.abort.abort(PAUSED);
    },
    async resume() {
      // What was paused ends before it begins anew.
      const ending = [...work.tasks.values()].filter(({ abort }) => abort.signal.aborted);
      await Promise.all(ending.map((task) => task.over));
      if (work.stopped || !options.lease.held) return;
      for (const { instruction, note } of await listInstructions(db, "open"))
        if (!work.tasks.has(instruction.id)) start(work, instruction, note);
    },
    async stop() {
      work.stopped = true;
      for (const task of work.tasks.values()) task.abort.abort(STOPPING);
      await Promise.all([...work.tasks.values()].map((task) => task.over));
    },
  };
}

function mayTake({ options }: Work, { id }: Instruction, term: number): boolean {
  const { lease, shared } = options;
  if (lease.term === term && lease.held) return true;
  shared.world.log.warn("instruction not heeded", { instruction: id, of: term, term: lease.term });
  return false;
}

async function appoint(work: Work, next: Appointment, tenures: readonly Tenure[]): Promise<void> {
  const { lease, shared } = work.options;
  const { db, world } = shared;
  const before = await readAppointment(db);
  if (before && next.term < before.term)
    throw new CoevalError("epoch", `term ${next.term} is over: this agent knows of term ${before.term}`);
  if (before && before.term !== next.term) {
    // First of all nothing more is done: neither what was begun, nor anything that still comes.
    lease.appointed({ ...before, acting: false });
    for (const task of work.tasks.values()) task.abort.abort(PAUSED);
    await Promise.all([...work.tasks.values()].map((task) => task.over));
    // Before it is forgotten in the books, so that a kill in between leaves nothing behind.
    for (const { run, service } of await listUnfinished(db)) {
      await world.files.remove(runFolder(run));
      await world.files.remove(pointFolder(service, run));
    }
  }
  await writeAppointment(db, next, tenures);
  lease.appointed(next);
  const { term, acting, leased } = next;
  if (before?.term !== term || before.acting !== acting || before.leased !== leased)
    world.log.info(acting ? "acting" : "standing by", { term, leased });
}

async function take(work: Work, instruction: Instruction): Promise<void> {
  const { options, tasks } = work;
  const { id, run, order } = instruction;
  const { db, world } = options.shared;
  if (work.stopped) return;
  const task = tasks.get(id);
  if (task) {
    task.givenElapsedMs = world.clock.elapsedMs();
    if (task.said) options.report(id, task.said, []);
    return;
  }
  const entry = await readInstruction(db, id);
  if (entry?.outcome) return options.answer(id, entry.outcome);
  // What was journaled counts, whatever the repeat says: only that was held against epoch and limits.
  if (entry) return start(work, entry.instruction, entry.note);
  const failure = await refusalOf(db, options.cluster, options.limits, instruction);
  if (failure) {
    const { code, message } = failure;
    world.log.warn("instruction refused", { instruction: id, code, why: message });
    const outcome: Outcome = { ok: false, failure };
    await refuseInstruction(db, instruction, outcome);
    return options.answer(id, outcome);
  }
  await openInstruction(db, instruction);
  // Before anything else is taken: what comes after a release is too late.
  if (order.step === "release") await endRun(db, run, order.outcome);
  start(work, instruction, null);
}

function start(work: Work, instruction: Instruction, note: unknown): void {
  const { world, clock } = work.options.shared;
  const { log } = world;
  const { id, run } = instruction;
  const lines = createRunLines(world.clock, clock);
  const task: Task = {
    run,
    abort: new AbortController(),
    lines,
    givenElapsedMs: world.clock.elapsedMs(),
    said: null,
    over: Promise.resolve(),
  };
  work.tasks.set(id, task);
  task.over = carryOut(work, task, instruction, note)
    .catch((thrown: unknown) =>
      log.error("instruction lost", { instruction: id, why: toFailure(thrown).message }),
    )
    .finally(() => work.tasks.delete(id));
}

async function carryOut(work: Work, task: Task, instruction: Instruction, note: unknown): Promise<void> {
  const { db, world } = work.options.shared;
  const { id } = instruction;
  const cancel = task.abort.signal;
  let outcome: Outcome;
  try {
    outcome = { ok: true, result: await perform(work, task, instruction, note) };
  } catch (thrown) {
    // It goes on later, or another agent's work is in its place.
    if (work.stopped || !work.options.lease.held) return;
    outcome = { ok: false, failure: toFailure(cancel.aborted ? cancel.reason : thrown) };
    const { code, message } = outcome.failure;
    world.log.warn("instruction failed", { instruction: id, code, why: message });
  }
  // Journaled with the answer: what no report told is told with it, as often as it is asked for.
  const lines = task.lines.last();
  if (lines.length > 0) outcome = { ...outcome, lines };
  await answerInstruction(db, id, outcome);
  work.options.answer(id, outcome);
}

async function perform(work: Work, task: Task, instruction: Instruction, note: unknown): Promise<Result> {
  const { options } = work;
  const { db, world } = options.shared;
  const { id, run, order } = instruction;
  const cancel = task.abort.signal;
  if (order.step === "release") await endOthers(work, instruction, order.outcome);
  else if (await isEnded(db, run)) throw new CoevalError("released", `the run ${run} is over`);
  const { source, target } = await unlessCancelled(cancel, options.drivers());
  const context: Context = {
    ...options.shared,
    lease: options.lease,
    limits: options.limits,
    source,
    target,
    instruction,
    note,
    cancel,
    saveNote: (value) => noteInstruction(db, id, value),
    report(report) {
      if (report.kind !== "progress") task.said = report;
      const lines = task.lines.pending;
      if (options.report(id, report, lines)) task.lines.taken(lines);
    },
    tell: task.lines.tell,
    givenAgoMs: () => world.clock.elapsedMs() - task.givenElapsedMs,
  };
  return await STEPS[order.step](context as never);
}

/** Nothing of the run begins any more, and what is under way ends before the release works. */
async function endOthers(work: Work, { id, run }: Instruction, outcome: "sealed" | "void"): Promise<void> {
  const { db } = work.options.shared;
  await endRun(db, run, outcome);
  const others = [...work.tasks].filter(([other, task]) => task.run === run && other !== id);
  const givenUp = new CoevalError("released", "the run was given up");
  for (const [, task] of others) task.abort.abort(givenUp);
  await Promise.all(others.map(([, task]) => task.over));
  // One that could not store its answer, on a full disk, is open with nobody to carry it out.
  for (const { instruction, outcome: answer } of await listInstructions(db, { run })) {
    if (answer === null && instruction.id !== id)
      await answerInstruction(db, instruction.id, { ok: false, failure: toFailure(givenUp) });
  }
}
