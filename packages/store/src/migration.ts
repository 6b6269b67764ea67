/** Numbered migrations: applied in order, each in one transaction, each once. A newer schema than known is refused. */
import { CoevalError } from "@coeval/core/errors";
import { type Kysely, sql, type Transaction } from "kysely";

export interface Migration {
  /** As its file is named: the number from 001 on, without gaps, and what it brings, e.g. `001-runs`. */
  readonly name: string;
  /** Runs in a transaction of its own. */
  up(db: Kysely<unknown>): Promise<void>;
}

interface MigrationTable {
  migrations: { number: number; name: string };
}

const NUMBER_DIGITS = 3;

/**
 * Brings a database to the newest schema known.
 * @throws CoevalError `newer-data` when a later version has written it. @throws TypeError for numbers with gaps.
 */
export async function migrate(db: Kysely<unknown>, known: readonly Migration[]): Promise<void> {
  for (const [index, { name }] of known.entries()) {
    const number = String(index + 1).padStart(NUMBER_DIGITS, "0");
    if (!name.startsWith(`${number}-`)) throw new TypeError(`migration ${name} stands at ${number}`);
  }
  await sql
    .raw("create table if not exists migrations (number integer primary key, name text not null) strict")
    .execute(db);
  const journal = db as unknown as Kysely<MigrationTable>;
  const applied = await journal.selectFrom("migrations").selectAll().orderBy("number").execute();
  for (const { number, name } of applied) {
    const here = known[number - 1];
    if (here?.name === name) continue;
    const why = here ? `step ${number} is ${here.name} here` : `only ${known.length} steps are known here`;
    throw new CoevalError("newer-data", `the data was written with schema step ${name}; ${why}`);
  }
  for (const [index, migration] of known.entries()) {
    if (index < applied.length) continue;
    await db.transaction().execute(async (trx) => {
      await migration.up(trx);
      await (trx as unknown as Transaction<MigrationTable>)
        .insertInto("migrations")
        .values({ number: index + 1, name: migration.name })
        .execute();
    });
  }
}
