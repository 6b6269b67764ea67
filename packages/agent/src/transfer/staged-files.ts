/**
 * Which files of a run lie whole and hashed in the staging, so that a later stream need not send them again. They are stored many
 * at a time, some ms after they are whole: a commit waits for the disk, and of what a crash leaves unstored only so much is sent twice.
 */
import type { Clock } from "@coeval/core/ports/clock";
import type { AgentDatabase } from "@coeval/store/agent/tables";
import { hasStaged, readStaged, type StagedFile, stageFiles } from "@coeval/store/agent/staging";

/** Between two commits at least. */
const STORED_EVERY_MS = 50;
/** Files of one commit at most, well below SQLite's bound of parameters; more make the next one at once. */
const STORED_AT_ONCE_MAX = 500;

export interface StagedFiles {
  /** What an earlier stream of the run staged under this number, or null. */
  find(number: number): Promise<StagedFile | null>;
  /** Stores it soon. @throws what storing those before it failed with. */
  add(file: StagedFile): void;
  /** Resolves when all that was added is stored. @throws what storing failed with. */
  stored(): Promise<void>;
}

export async function openStagedFiles(
  { db, clock }: { readonly db: AgentDatabase; readonly clock: Clock },
  run: string,
): Promise<StagedFiles> {
  const isResumed = await hasStaged(db, run);
  let waiting: StagedFile[] = [];
  let storing: Promise<void> | null = null;
  let failed: { readonly cause: unknown } | null = null;
  const hurry = new AbortController();

  const storeAll = async (): Promise<void> => {
    while (waiting.length > 0) {
      const files = waiting.slice(0, STORED_AT_ONCE_MAX);
      waiting = waiting.slice(STORED_AT_ONCE_MAX);
      await stageFiles(db, run, files);
    }
  };
  const storeSoon = async (): Promise<void> => {
    // Whoever waits for all to be stored ends the pause.
    await clock.sleep(STORED_EVERY_MS, hurry.signal).catch(() => undefined);
    try {
      await storeAll();
    } catch (cause) {
      failed ??= { cause };
    }
    storing = null;
  };
  return {
    find: async (number) => (isResumed ? readStaged(db, run, number) : null),
    add(file) {
      if (failed !== null) throw (failed as { cause: unknown }).cause;
      waiting.push(file);
      storing ??= storeSoon();
    },
    async stored() {
      hurry.abort("all of it, now");
      while (storing !== null) await storing;
      if (failed !== null) throw (failed as { cause: unknown }).cause;
    },
  };
}
