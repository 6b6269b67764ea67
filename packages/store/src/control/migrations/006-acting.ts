/** Which agent of each cluster acts, and in which term. */
import { type Kysely, sql } from "kysely";

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements: readonly string[] = [
  // A removed cluster's term stays: agents refuse lower ones for ever.
  `create table acting (cluster text primary key, agent text not null, fingerprint text not null, term integer not null,
     since real not null, leased integer not null check (leased in (0, 1)), why text) strict`,
];
