/**
 * Kysely on node:sqlite. Kysely's own dialect does the work; this gives it the four calls it needs, and a gate before each
 * of them so that a handle that is closed or crashed has no effect any more.
 */
import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import { type Dialect, SqliteDialect } from "kysely";

/** @param gate throws when the handle may not be used any more. */
export function sqliteDialect(raw: DatabaseSync, gate: () => void): Dialect {
  return new SqliteDialect({
    database: {
      prepare(sql) {
        gate();
        const statement = raw.prepare(sql);
        return {
          reader: statement.columns().length > 0,
          all: (parameters) => statement.all(...values(parameters)),
          run: (parameters) => statement.run(...values(parameters)),
          iterate: (parameters) => statement.iterate(...values(parameters)),
        };
      },
      close() {
        // The raw database is closed by its owner: after a crash the next process's handle still uses it.
      },
    },
  });
}

function values(parameters: readonly unknown[]): SQLInputValue[] {
  return parameters as SQLInputValue[];
}
