/** People's access: tokens, kept hashed, and the idempotency keys of their calls. */
import { type Kysely, sql } from "kysely";

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements: readonly string[] = [
  `create table tokens (id text primary key, sha256 text not null unique, name text not null,
     role text not null check (role in ('viewer', 'operator', 'approver', 'administrator')),
     scopes text not null, "createdAt" real not null, "createdBy" text not null, "expiresAt" real,
     "revokedAt" real) strict`,
  `create table "idempotencyKeys" (token text not null references tokens (id), key text not null,
     "requestSha256" text not null, at real not null, answer text not null, primary key (token, key)) strict`,
  `create index idempotency_keys_at on "idempotencyKeys" (at)`,
];
