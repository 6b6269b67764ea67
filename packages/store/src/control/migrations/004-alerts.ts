/** Alerts and their deliveries; totals of moments and an index over outcomes of runs, for metrics. */
import { type Kysely, sql } from "kysely";

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements: readonly string[] = [
  `create table alerts (number integer primary key autoincrement, key text not null, about text not null, text text not null,
     hint text, since real, "raisedAt" real not null, "overAt" real) strict`,
  // One trouble has one open alert, whatever the code above believes.
  `create unique index alerts_open on alerts (key) where "overAt" is null`,
  `create table deliveries (number integer primary key autoincrement, id text not null unique,
     alert integer not null references alerts (number), target text not null,
     kind text not null check (kind in ('raised', 'over')), at real not null,
     state text not null check (state in ('open', 'done', 'given-up')), tries integer not null, why text) strict`,
  `create index deliveries_open on deliveries (target, number) where state = 'open'`,
  `create index deliveries_alert on deliveries (alert)`,
  `create table "momentTotals" (service text not null, fate text not null, total integer not null,
     primary key (service, fate)) strict`,
  `insert into "momentTotals" (service, fate, total)
     select service, fate, sum(1 + more) from moments group by service, fate`,
  `create index runs_outcome on runs (phase, service)`,
];
