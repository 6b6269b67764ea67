/**
 * The runner drives every run: load → step → save the run and what follows from it in one transaction → perform → feed back.
 * Killed at any line, it goes on from the store: what was saved is performed again, what was not never happened.
 *
 * `step` (core/protect/run.ts) decides. Nothing is decided here, and nothing is performed that is not saved.
 */
import type { RunLine } from "@coeval/core/model/run-line";
import type { World } from "@coeval/core/ports/world";
import type { Instruction } from "@coeval/core/protect/instruction";
import { isOver, type Run, type RunEvent, type Stepped, step } from "@coeval/core/protect/run";
import { instructionOpen } from "@coeval/store/control/instruction-open";
import { runActive } from "@coeval/store/control/run-active";
import type { ControlQueries } from "@coeval/store/control/tables";
import type { Deadlines } from "./deadlines.ts";
import type { Records, Tx } from "./records.ts";
import { type Answer, deadlineOf, refusedPin, saveStep } from "./save-step.ts";
import { createSerial } from "./serial.ts";

/** Events that may wait for one run; what comes beyond is refused, and its sender sends it again. */
export const EVENTS_WAITING_MAX = 100;
/** Progress is kept in memory and stored this often at most: losing it does no harm. */
export const PROGRESS_SAVED_EVERY_MS = 1000;

export interface RunnerParts {
  readonly db: ControlQueries;
  readonly records: Records;
  readonly deadlines: Deadlines;
  readonly send: (instruction: Instruction) => void;
  /** No answer to the run's earlier instructions is waited for. */
  readonly withdraw: (run: string) => void;
  readonly noted: (before: Run | null, run: Run) => void;
}

/** What belongs to an event: the answer it came by, and writes of the caller's in the same transaction. */
export interface Why {
  readonly answer?: Answer;
  readonly also?: (tx: Tx) => Promise<void>;
  /** For the run's log, before what the event itself has it say. */
  readonly lines?: readonly RunLine[];
}

export interface Runner {
  /** Stores a new run with its first step, after `first` in the same transaction, then performs it. */
  begin(run: Run, first: (tx: Tx) => Promise<void>): Promise<void>;
  /** Gives a run an event; resolves once it is stored, or of no effect because the run is over or the answer was known. */
  feed(run: string, event: RunEvent, why?: Why): Promise<void>;
  /** A run that goes on, with its newest progress. */
  active(run: string): Run | null;
  /** All runs that go on, with their newest progress; of a service at most one. */
  running(): readonly Run[];
  /** Takes up every run that is not over. Call once, before anything else. */
  resume(): Promise<void>;
}

export function createRunner(world: World, parts: RunnerParts): Runner {
  const { db, records, deadlines } = parts;
  const serial = createSerial(EVENTS_WAITING_MAX);
  const active = new Map<string, { run: Run; savedElapsedMs: number }>();

  function perform(before: Run | null, stepped: Stepped): void {
    const { run, commands } = stepped;
    parts.noted(before, run);
    if (isOver(run.phase)) active.delete(run.id);
    else active.set(run.id, { run, savedElapsedMs: world.clock.elapsedMs() });
    if (run.phase === "giving-up" && before?.phase !== "giving-up") parts.withdraw(run.id);
    for (const command of commands) if (command.kind === "instruct") parts.send(command.instruction);
    const deadline = deadlineOf(before, stepped);
    if (deadline === null) deadlines.disarm(run.id);
    else if (deadline !== "keep") deadlines.arm(run.id, deadline);
  }

  async function advance(id: string, event: RunEvent, why: Why): Promise<void> {
    const known = active.get(id);
    if (!known) return;
    const before = known.run;
    const save = (stepped: Stepped) =>
      records.write(async (tx) => {
        const saved = await saveStep(tx, world.hash, before, stepped, why);
        if (saved) await why.also?.(tx);
        return saved;
      });
    let stepped = step(before, event);
    if (stepped.run === before && !why.answer && !why.also && !why.lines) return;
    const progress = event.kind === "reported" && event.report.kind === "progress";
    if (progress && !why.lines && world.clock.elapsedMs() - known.savedElapsedMs < PROGRESS_SAVED_EVERY_MS) {
      known.run = stepped.run;
      const deadline = deadlineOf(before, stepped);
      if (deadline !== null && deadline !== "keep") deadlines.arm(id, deadline);
      return;
    }
    try {
      if (!(await save(stepped))) return;
    } catch (thrown) {
      const refused = refusedPin(event, thrown);
      if (!refused) throw thrown;
      stepped = step(before, refused);
      if (!(await save(stepped))) return;
    }
    perform(before, stepped);
  }

  return {
    async begin(run, first) {
      const stepped = step(run, { kind: "begin" });
      await serial.run(run.id, async () => {
        await records.write(async (tx) => {
          await first(tx);
          await saveStep(tx, world.hash, null, stepped, {});
        });
        perform(null, stepped);
      });
    },
    feed: (id, event, why = {}) => serial.run(id, () => advance(id, event, why)),
    active: (id) => active.get(id)?.run ?? null,
    running: () => [...active.values()].map(({ run }) => run),
    async resume() {
      for (const { run, deadline } of await runActive(db)) {
        active.set(run.id, { run, savedElapsedMs: world.clock.elapsedMs() });
        if (deadline) deadlines.arm(run.id, deadline);
      }
      for (const instruction of await instructionOpen(db)) parts.send(instruction);
    },
  };
}
