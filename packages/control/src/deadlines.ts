/** The one deadline that each run has at a time. After a restart it is armed anew from the store. */
import type { World } from "@coeval/core/ports/world";
import type { Phase } from "@coeval/core/protect/run";
import type { RunDeadline } from "@coeval/store/control/run-row";
import type { Tasks } from "./tasks.ts";

export interface Deadlines {
  /** Replaces the run's deadline. */
  arm(run: string, deadline: RunDeadline): void;
  disarm(run: string): void;
}

/** The shared clock may be set while a deadline at an instant is waited for: it is looked at this often. */
const LOOK_EVERY_MS = 1000;
/** A deadline whose effect could not be stored is tried again after this. */
const AGAIN_MS = 2000;

/** A reason of ours: without one each abort makes an exception with its stack. */
const REPLACED = "replaced";

/** @param expire feeds the run; when it rejects the deadline stands. */
export function createDeadlines(
  world: World,
  tasks: Tasks,
  expire: (run: string, phase: Phase) => Promise<void>,
): Deadlines {
  const armed = new Map<string, AbortController>();

  async function wait(deadline: RunDeadline, cancel: AbortSignal): Promise<void> {
    if (deadline.kind === "deadline") return world.clock.sleep(deadline.afterMs, cancel);
    for (;;) {
      const restMs = deadline.at - world.clock.nowMs();
      if (restMs <= 0) return;
      await world.clock.sleep(Math.min(restMs, LOOK_EVERY_MS), cancel);
    }
  }

  async function run(id: string, deadline: RunDeadline, cancel: AbortSignal): Promise<void> {
    await wait(deadline, cancel);
    while (!cancel.aborted) {
      try {
        return await expire(id, deadline.phase);
      } catch (thrown) {
        world.log.error("deadline-not-stored", { run: id, phase: deadline.phase, cause: String(thrown) });
        await world.clock.sleep(AGAIN_MS, cancel);
      }
    }
  }

  return {
    arm(id, deadline) {
      armed.get(id)?.abort(REPLACED);
      const controller = new AbortController();
      armed.set(id, controller);
      tasks.start("deadline", async (stopping) => {
        try {
          await run(id, deadline, AbortSignal.any([stopping, controller.signal]));
        } catch (thrown) {
          // Disarmed: another deadline, or none, is in its place.
          if (!controller.signal.aborted) throw thrown;
        } finally {
          if (armed.get(id) === controller) armed.delete(id);
        }
      });
    },
    disarm(id) {
      armed.get(id)?.abort(REPLACED);
      armed.delete(id);
    },
  };
}
