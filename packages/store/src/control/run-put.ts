import { isOver, type Run } from "@coeval/core/protect/run";
import type { RunDeadline } from "./run-row.ts";
import type { ControlWrites } from "./tables.ts";

/**
 * Stores a run's state; `now` becomes its start when it is new, its end when it is over.
 * @param deadline `keep`: the one stored stands.
 */
export async function runPut(
  trx: ControlWrites,
  run: Run,
  deadline: RunDeadline | null | "keep",
  now: number,
): Promise<void> {
  const state = {
    state: JSON.stringify(run),
    phase: run.phase,
    cause: run.cause === null ? null : JSON.stringify(run.cause),
    endedAt: isOver(run.phase) ? now : null,
  };
  const armed = deadline === null || deadline === "keep" ? null : JSON.stringify(deadline);
  await trx
    .insertInto("runs")
    .values({
      ...state,
      id: run.id,
      service: run.service.name,
      deadline: armed,
      moment: run.moment,
      startedAt: now,
    })
    .onConflict((conflict) =>
      conflict.column("id").doUpdateSet(deadline === "keep" ? state : { ...state, deadline: armed }),
    )
    .execute();
}
