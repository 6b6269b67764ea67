/** What became of each moment that a policy gave, how far each policy was answered, and pauses. */
import { type Kysely, sql } from "kysely";

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements: readonly string[] = [
  `create table schedules (service text primary key references services (name), last real not null) strict`,
  `create table moments (number integer primary key autoincrement, service text not null references services (name),
     moment real not null, fate text not null check (fate in ('run', 'missed', 'paused')), run text, cause text,
     more integer not null, at real not null) strict`,
  `create index moments_of_service on moments (service, number)`,
  `create table pauses (number integer primary key autoincrement, what text not null check (what in ('service', 'cluster', 'all')),
     name text not null, since real not null, until real, why text not null, "by" text not null) strict`,
];
