/**
 * Kysely on node:sqlite. Kysely's own dialect does the work; this gives it the four calls it needs, and a gate before each
 * of them so that a handle that is closed or crashed has no effect any more.
 */
import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
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
          all: (parameters) => statement.all(...values(parameters)),
          run: (parameters) => statement.run(...values(parameters)),
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

function values(parameters: readonly unknown[]): SQLInputValue[] {
  return parameters as SQLInputValue[];
}
