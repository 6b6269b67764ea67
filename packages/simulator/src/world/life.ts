/**
 * One life of a process: from its start to its crash. Every port of the process passes here. After the crash nothing it
 * awaits ever settles, so whatever code is left of it stands still; a crash can be set to fall on any of its port calls.
 */

/** `before` the call has any effect, while it is `during` its way, or `after` it took effect and before the process learns of it. */
export type CrashPosition = "before" | "during" | "after";

export interface CrashPoint {
  /** Counted over the port calls of one life, from 1; of those whose label begins with `label` when one is given. */
  readonly call: number;
  readonly label?: string;
  readonly position: CrashPosition;
}

export interface Life {
  readonly name: string;
  readonly alive: boolean;
  /** Port calls so far. */
  readonly calls: number;
  /**
   * A call of a port: `work` is its effect on the world outside and runs on though the process dies; its answer reaches
   * the process only while that lives.
   */
  port<T>(label: string, work: () => Promise<T> | T): Promise<T>;
  /** For ports that answer at once: counts a call that may be the process's last. False when it is dead. */
  touch(label: string): boolean;
  /** Counts from here on for this crash, in place of an earlier one; null for none. */
  crashAt(point: CrashPoint | null): void;
  /** Called at the crash, in order; those of parts that have ended are taken back. */
  onCrash(react: () => void): () => void;
  crash(): void;
}

export function createLife(name: string, crashed: (label: string) => void): Life {
  let alive = true;
  let crashAt: CrashPoint | null = null;
  let calls = 0;
  let counted = 0;
  const reactions = new Set<() => void>();

  const crash = (label: string): void => {
    if (!alive) return;
    alive = false;
    for (const react of reactions) react();
    crashed(label);
  };

  /** Where this call is to crash; null for all but one. */
  const count = (label: string): CrashPosition | null => {
    calls++;
    if (!crashAt || (crashAt.label !== undefined && !label.startsWith(crashAt.label))) return null;
    return ++counted === crashAt.call ? crashAt.position : null;
  };

  return {
    name,
    get alive() {
      return alive;
    },
    get calls() {
      return calls;
    },
    async port(label, work) {
      if (!alive) return await never();
      const position = count(label);
      if (position === "before") {
        crash(label);
        return await never();
      }
      const going = outcomeOf(work);
      if (position === "during") crash(label);
      const outcome = await going;
      if (position === "after") crash(label);
      if (!alive) return await never();
      if (outcome.ok) return outcome.value;
      throw outcome.cause;
    },
    touch(label) {
      if (!alive) return false;
      if (count(label) === null) return true;
      crash(label);
      return false;
    },
    crashAt(point) {
      crashAt = point;
      counted = 0;
    },
    onCrash(react) {
      reactions.add(react);
      return () => reactions.delete(react);
    },
    crash: () => crash("crash"),
  };
}

/** What a dead process waits for. */
export function never(): Promise<never> {
  return new Promise(() => undefined);
}

type Settled<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly cause: unknown };

/** Settles without rejecting: the process that would have heard of a failure may be dead by then. */
async function outcomeOf<T>(work: () => Promise<T> | T): Promise<Settled<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (cause) {
    return { ok: false, cause };
  }
}
