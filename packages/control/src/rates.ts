/** How fast each running step goes: measured from its progress since the step was first seen, forgotten when the run is over. */
import type { World } from "@coeval/core/ports/world";
import type { Progress } from "@coeval/core/protect/instruction";
import { isOver, type Run } from "@coeval/core/protect/run";

/** A step that was watched for less tells no rate yet. */
const WATCHED_MS_MIN = 1000;

/** A step's amount of work and its speed. */
export interface Pace {
  readonly progress: Progress;
  readonly filesPerMs: number;
  readonly bytesPerMs: number;
}

export interface Rates {
  /** Looks at every change of a run. */
  note(run: Run): void;
  /** Of the step that a run is in; null until it was watched long enough to tell. */
  of(run: Run): Pace | null;
}

interface Begun {
  readonly step: string;
  readonly elapsedMs: number;
  readonly files: number;
  readonly bytes: number;
}

export function createRates({ clock }: World): Rates {
  const begun = new Map<string, Begun>();

  function note(run: Run): Begun | null {
    const progress = progressOf(run);
    if (isOver(run.phase) || !progress) {
      begun.delete(run.id);
      return null;
    }
    const step = `${run.phase} ${progress.doing}`;
    const { filesDone: files, bytesDone: bytes } = progress;
    const known = begun.get(run.id);
    // What counts backwards was begun anew, by an agent that came back.
    if (known && known.step === step && known.bytes <= bytes && known.files <= files) return known;
    const now = { step, elapsedMs: clock.elapsedMs(), files, bytes };
    begun.set(run.id, now);
    return now;
  }

  return {
    note: (run) => void note(run),
    of(run) {
      const since = note(run);
      const progress = progressOf(run);
      if (!since || !progress) return null;
      const watchedMs = clock.elapsedMs() - since.elapsedMs;
      if (watchedMs < WATCHED_MS_MIN) return null;
      return {
        progress,
        filesPerMs: (progress.filesDone - since.files) / watchedMs,
        bytesPerMs: (progress.bytesDone - since.bytes) / watchedMs,
      };
    },
  };
}

/** What has arrived counts; what was sent only until the target tells. */
function progressOf({ progress: { source, target } }: Run): Progress | null {
  const toldByTarget = target !== null && target.bytesTotal !== null;
  return toldByTarget ? target : (source ?? target);
}
