/**
 * One process's database: SQLite with full durability, used by this process alone. Nothing here reads a clock or makes a
 * random value; calls settle within microtasks unless it is told to breathe, so the same code runs on disk and, with `:memory:`, in the simulator.
 */
import { DatabaseSync } from "node:sqlite";
import { CoevalError } from "@coeval/core/errors";
import { Kysely, type Transaction } from "kysely";
import { type Migration, migrate } from "./migration.ts";
import { sqliteDialect } from "./sqlite-dialect.ts";
import { type Breathe, createWriter } from "./writer.ts";

/** Reads take it or a transaction alike. */
export type Queries<Tables> = Kysely<Tables>;
export type Writes<Tables> = Transaction<Tables>;

export interface Database<Tables> {
  /** For single statements outside any transaction. Never use it inside `write`: the one connection is taken there. */
  readonly db: Queries<Tables>;
  /**
   * Runs `work` in one transaction: all of it is durable once this resolves, none of it when it rejects. One at a time, in the
   * order of the calls. Writes that wait for each other share one commit, each behind a savepoint of its own: the disk is
   * waited for once for all of them. None resolves before that commit.
   */
  write<T>(work: (trx: Writes<Tables>) => Promise<T>): Promise<T>;
  /**
   * What a crash of the process leaves: the open transaction is rolled back, every later call of this handle rejects with
   * `internal-stop` and takes no effect. Returns the next process's handle on the same database.
   */
  crash(): Database<Tables>;
  /** Waits for the transaction that is open, then closes. Later calls reject. */
  close(): Promise<void>;
}

/** How long opening waits for a process that is just ending. */
export const BUSY_MS_MAX = 1000;
/** SQLite's result codes SQLITE_BUSY and SQLITE_LOCKED. */
const BUSY_CODES: readonly number[] = [5, 6];

/**
 * Opens, and makes where absent, a database and brings it to the newest schema.
 * @param path of the file, or `:memory:`.
 * @param breathe lets everything else of the process go first, between groups of writes; without it nothing comes in between.
 * @throws CoevalError `folder-in-use` when another process has it open, `newer-data` when a later version wrote it.
 */
export async function openDatabase<Tables>(
  path: string,
  migrations: readonly Migration[],
  breathe: Breathe | null = null,
): Promise<Database<Tables>> {
  const raw = openRaw(path);
  const database = handleOn<Tables>(raw, breathe);
  try {
    await migrate(database.db as unknown as Kysely<unknown>, migrations);
  } catch (thrown) {
    await database.close();
    throw thrown;
  }
  return database;
}

function openRaw(path: string): DatabaseSync {
  const raw = new DatabaseSync(path, { timeout: BUSY_MS_MAX });
  try {
    // Exclusive before WAL: SQLite then keeps the lock until the process ends, whichever way it ends.
    raw.exec("pragma locking_mode = exclusive; pragma journal_mode = wal; pragma synchronous = full;");
    raw.exec("pragma foreign_keys = on; pragma trusted_schema = off;");
    raw.exec("begin exclusive; commit;");
    return raw;
  } catch (cause) {
    raw.close();
    const code = (cause as { errcode?: unknown }).errcode;
    if (typeof code === "number" && BUSY_CODES.includes(code & 0xff))
      throw new CoevalError("folder-in-use", `${path} is in use by another process`, { cause });
    throw cause;
  }
}

function handleOn<Tables>(raw: DatabaseSync, breathe: Breathe | null): Database<Tables> {
  let ended: string | null = null;
  const gate = () => {
    if (ended !== null) throw new CoevalError("internal-stop", `the database is ${ended}`);
  };
  const db = new Kysely<Tables>({ dialect: sqliteDialect(raw, gate) });
  const exec = (sql: string) => {
    gate();
    raw.exec(sql);
  };
  return {
    db,
    write: createWriter(db, exec, breathe),
    crash() {
      gate();
      ended = "gone: the process crashed";
      if (raw.isTransaction) raw.exec("rollback");
      return handleOn<Tables>(raw, breathe);
    },
    async close() {
      if (ended !== null) return;
      // Waiting for the one connection is waiting for the transaction that holds it.
      await db.connection().execute(async () => {
        ended ??= "closed";
      });
      if (raw.isOpen) raw.close();
    },
  };
}
