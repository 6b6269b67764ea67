/**
 * Kysely on node:sqlite. Kysely's own dialect does the work; this gives it the four calls it needs, and a gate before each
 * of them so that a handle that is closed or crashed has no effect any more.
 */
import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import { CoevalError } from "@coeval/core/errors";
import { type Dialect, SqliteDialect } from "kysely";

/** Prepared statements kept for reuse. Their texts are few: values are parameters. */
const STATEMENTS_MAX = 256;

/** @param gate throws when the handle may not be used any more. */
export function sqliteDialect(raw: DatabaseSync, gate: () => void): Dialect {
  const kept = new Map<string, StatementSync>();
  const statementOf = (sql: string): StatementSync => {
    const known = kept.get(sql);
    if (known) return known;
    const statement = raw.prepare(sql);
    if (kept.size >= STATEMENTS_MAX) kept.delete(kept.keys().next().value as string);
    kept.set(sql, statement);
    return statement;
  };
  return new SqliteDialect({
    database: {
      prepare(sql) {
        gate();
        const statement = statementOf(sql);
        return {
          reader: statement.columns().length > 0,
          all: (parameters) => onDisk(() => statement.all(...values(parameters))),
          run(parameters) {
            // A full disk has SQLite roll back by itself; told so, Kysely would hide the disk's failure behind that of its own rollback.
            if (sql === "rollback" && !raw.isTransaction) return { changes: 0, lastInsertRowid: 0 };
            return onDisk(() => statement.run(...values(parameters)));
          },
          // Its own: it stays in the middle of its rows while others run.
          iterate: (parameters) => raw.prepare(sql).iterate(...values(parameters)),
        };
      },
      close() {
        // The raw database is closed by its owner: after a crash the next process's handle still uses it.
      },
    },
  });
}

/** SQLite's SQLITE_READONLY, SQLITE_IOERR, SQLITE_FULL, SQLITE_CANTOPEN: the disk's doing, not the statement's. */
const DISK_CODES: readonly number[] = [8, 10, 13, 14];

/** @throws CoevalError `data-folder` when the disk is full or fails. */
function onDisk<T>(act: () => T): T {
  try {
    return act();
  } catch (cause) {
    const code = (cause as { errcode?: unknown }).errcode;
    if (typeof code !== "number" || !DISK_CODES.includes(code & 0xff)) throw cause;
    throw new CoevalError("data-folder", `the database: ${(cause as Error).message}`, { cause });
  }
}

function values(parameters: readonly unknown[]): SQLInputValue[] {
  return parameters as SQLInputValue[];
}
