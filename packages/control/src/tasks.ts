/** Work that goes on beside the calls: loops and timers. All of it ends at `stop`; what fails is told, never lost. */
import { toFailure } from "@coeval/core/errors";
import type { World } from "@coeval/core/ports/world";

export interface Tasks {
  /** Aborted at `stop`. */
  readonly cancel: AbortSignal;
  /** Starts work that must heed its signal. A failure before `stop` is logged under `name`. */
  start(name: string, work: (cancel: AbortSignal) => Promise<void>): void;
  /** Cancels all and resolves when all have ended. */
  stop(): Promise<void>;
}

export function createTasks(world: World): Tasks {
  const controller = new AbortController();
  const going = new Set<Promise<void>>();

  async function watched(name: string, work: (cancel: AbortSignal) => Promise<void>): Promise<void> {
    try {
      await work(controller.signal);
    } catch (thrown) {
      if (controller.signal.aborted) return;
      const { code, message } = toFailure(thrown);
      world.log.error("task-failed", { task: name, code, message });
    }
  }

  return {
    cancel: controller.signal,
    start(name, work) {
      if (controller.signal.aborted) return;
      const task = watched(name, work).finally(() => going.delete(task));
      going.add(task);
    },
    async stop() {
      controller.abort(new Error("the control device is stopping"));
      while (going.size > 0) await Promise.all(going);
    },
  };
}
