/** A process's database in memory. It outlives the process; each query and each commit is a place where the process may die. */
import type { Database } from "@coeval/store/database";
import { type Life, never } from "./life.ts";

type Plugin = Parameters<Database<never>["db"]["withPlugin"]>[0];

/** The database as one life sees it. The caller gives `crash()` its due when the life ends. */
export function watchDatabase<Tables>(inner: Database<Tables>, life: Life): Database<Tables> {
  const plugin: Plugin = {
    transformQuery({ node }) {
      // A crash in here ends the handle, and the query then finds it gone.
      life.touch("db.query");
      return node;
    },
    async transformResult({ result }) {
      return life.touch("db.done") ? result : await never();
    },
  };
  const db = inner.db.withPlugin(plugin);
  return {
    db,
    async write(work) {
      const result = await db.transaction().execute(work);
      return life.touch("db.commit") ? result : await never();
    },
    crash: () => inner.crash(),
    close: () => inner.close(),
  };
}
