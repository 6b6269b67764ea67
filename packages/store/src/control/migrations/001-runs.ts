/** The control device's first schema: clusters, agents, services, runs, points, events, audit. */
import { type Kysely, sql } from "kysely";

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements: readonly string[] = [
  "create table settings (key text primary key, value text not null) strict",
  `create table clusters (name text primary key, definition text not null, identity text,
     version integer not null) strict`,
  `create table agents (fingerprint text primary key, cluster text not null, agent text not null,
     certificate text not null, "enrolledAt" real not null, "revokedAt" real, "lastSeenAt" real) strict`,
  "create index agents_cluster on agents (cluster)",
  `create table enrolments (id text primary key, "secretSha256" text not null, cluster text not null,
     agent text not null, "expiresAt" real not null, "usedAt" real) strict`,
  `create table services (name text primary key, definition text not null, version integer not null,
     epoch integer not null, "deletedAt" real) strict`,
  `create table runs (id text primary key, service text not null, state text not null, phase text not null,
     cause text, deadline text, moment real not null, "startedAt" real not null, "endedAt" real) strict`,
  // No two runs of one service at once, whatever the code above believes.
  `create unique index runs_active on runs (service) where "endedAt" is null`,
  `create index runs_started on runs ("startedAt", id)`,
  `create index runs_service on runs (service, "startedAt", id)`,
  `create table "runLogs" (sequence integer primary key autoincrement, run text not null references runs (id),
     at real not null, text text not null) strict`,
  `create index run_logs_run on "runLogs" (run, sequence)`,
  `create table instructions (number integer primary key autoincrement, id text not null unique,
     run text not null references runs (id), cluster text not null, body text not null,
     state text not null check (state in ('open', 'answered', 'withdrawn')), outcome text) strict`,
  "create index instructions_run on instructions (run)",
  "create index instructions_open on instructions (state) where state = 'open'",
  `create table points (number integer primary key autoincrement, id text not null unique, service text not null,
     run text not null unique references runs (id), moment real not null, "sealedAt" real not null, grade text not null,
     label text, certificate text not null, "certificateSha256" text not null) strict`,
  "create index points_service on points (service, number)",
  `create table events (sequence integer primary key autoincrement, at real not null, kind text not null,
     object text not null, details text not null) strict`,
  `create table audit (sequence integer primary key, at real not null, who text not null, what text not null,
     object text not null, details text not null, "previousSha256" text not null, sha256 text not null) strict`,
  // What is audited stays: not even a defect of ours may change a row.
  "create trigger audit_no_update before update on audit begin select raise(abort, 'audit rows never change'); end",
  "create trigger audit_no_delete before delete on audit begin select raise(abort, 'audit rows never go'); end",
];
