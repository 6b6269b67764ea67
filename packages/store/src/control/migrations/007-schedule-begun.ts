/** Policies that are applied before the shared clock was read begin by the control device's own clock. */
import { type Kysely, sql } from "kysely";

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements: readonly string[] = [
  "alter table schedules add column own integer not null default 0 check (own in (0, 1))",
];
