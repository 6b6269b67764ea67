import { isOver, type Run } from "@coeval/core/protect/run";
import type { ControlWrites } from "./tables.ts";

/** Stores a run's state; `now` becomes its start when it is new, its end when it is over. */
export async function runPut(trx: ControlWrites, run: Run, now: number): Promise<void> {
  const state = JSON.stringify(run);
  const cause = run.cause === null ? null : JSON.stringify(run.cause);
  const endedAt = isOver(run.phase) ? now : null;
  await trx
    .insertInto("runs")
    .values({
      id: run.id,
      service: run.service.name,
      state,
      phase: run.phase,
      cause,
      moment: run.moment,
      startedAt: now,
      endedAt,
    })
    .onConflict((conflict) => conflict.column("id").doUpdateSet({ state, phase: run.phase, cause, endedAt }))
    .execute();
}
