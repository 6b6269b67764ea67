/**
 * A process's database in memory. It outlives the process; each query and each commit is a place where the process may die, where
 * a slow disk is waited for, and where a full one refuses what is to be written.
 */
import { CoevalError } from "@coeval/core/errors";
import type { Database } from "@coeval/store/database";
import { type Life, never } from "./life.ts";
import type { Seed } from "./seed.ts";
import type { Timeline } from "./timeline.ts";

type Plugin = Parameters<Database<never>["db"]["withPlugin"]>[0];

/** The disk below a database. */
export interface DatabaseDisk {
  /** Every write is refused. */
  full: boolean;
  /** Ms that a commit, or a write of its own, takes longer at most. */
  slowMsMax: number;
}

export function createDatabaseDisk(): DatabaseDisk {
  return { full: false, slowMsMax: 0 };
}

/** What a full disk refuses: whatever changes rows. */
const WRITING: ReadonlySet<string> = new Set(["InsertQueryNode", "UpdateQueryNode", "DeleteQueryNode"]);

/** The database as one life sees it. The caller gives `crash()` its due when the life ends. */
export function watchDatabase<Tables>(
  inner: Database<Tables>,
  life: Life,
  { disk, timeline, seed }: { disk: DatabaseDisk; timeline: Timeline; seed: Seed },
): Database<Tables> {
  const slow = async (): Promise<void> => {
    if (disk.slowMsMax > 0) await timeline.pass(seed.between(0, disk.slowMsMax));
  };
  const plugin: Plugin = {
    transformQuery({ node }) {
      // A crash in here ends the handle, and the query then finds it gone.
      life.touch("db.query");
      if (disk.full && WRITING.has(node.kind))
        throw new CoevalError("data-folder", "the database: database or disk is full");
      return node;
    },
    async transformResult({ result }) {
      if (result.numAffectedRows !== undefined) await slow();
      return life.touch("db.done") ? result : await never();
    },
  };
  const db = inner.db.withPlugin(plugin);
  return {
    db,
    async write(work) {
      const result = await db.transaction().execute(work);
      await slow();
      return life.touch("db.commit") ? result : await never();
    },
    crash: () => inner.crash(),
    close: () => inner.close(),
  };
}
