/** DataNodes that failed lately: others are asked first for a while. */
import type { Clock } from "../world.ts";

export interface DeadNodes {
  /** By datanodeUuid. */
  mark(uuid: string): void;
  has(uuid: string): boolean;
}

/** How long a failure is remembered. */
export const DEAD_MS = 60_000;
/** The oldest ones are forgotten beyond it. */
export const DEAD_MAX = 1_024;

export function createDeadNodes(clock: Clock): DeadNodes {
  const untilMs = new Map<string, number>();
  return {
    mark(uuid) {
      untilMs.delete(uuid);
      untilMs.set(uuid, clock.elapsedMs() + DEAD_MS);
      const oldest = untilMs.keys().next();
      if (untilMs.size > DEAD_MAX && oldest.done !== true) untilMs.delete(oldest.value);
    },
    has(uuid) {
      const until = untilMs.get(uuid);
      if (until === undefined) return false;
      if (clock.elapsedMs() < until) return true;
      untilMs.delete(uuid);
      return false;
    },
  };
}
