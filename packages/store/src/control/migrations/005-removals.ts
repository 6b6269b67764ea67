/** What agents still have to do for services that were deleted. */
import { type Kysely, sql } from "kysely";

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `create table removals (number integer primary key autoincrement, instruction text not null unique, run text not null,
         service text not null, body text not null, state text not null check (state in ('open', 'answered')),
         outcome text) strict`,
    )
    .execute(db);
}
