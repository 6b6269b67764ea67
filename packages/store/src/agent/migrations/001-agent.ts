/** The agent's first schema: tenures, journal, snapshots on the source, staging and switch on the target. */
import { type Kysely, sql } from "kysely";

export async function up(db: Kysely<unknown>): Promise<void> {
  const statements = [
    "CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT",
    "CREATE TABLE tenures (service TEXT PRIMARY KEY, role TEXT NOT NULL, epoch INTEGER NOT NULL) STRICT",
    `CREATE TABLE journal (instruction TEXT PRIMARY KEY, run TEXT NOT NULL, service TEXT NOT NULL, body TEXT NOT NULL,
       outcome TEXT, note TEXT) STRICT`,
    "CREATE INDEX journal_run ON journal (run)",
    "CREATE TABLE ended (run TEXT PRIMARY KEY, outcome TEXT NOT NULL) STRICT",
    `CREATE TABLE snapshots (sequence INTEGER PRIMARY KEY AUTOINCREMENT, run TEXT NOT NULL UNIQUE, service TEXT NOT NULL,
       prepared TEXT NOT NULL, state TEXT NOT NULL) STRICT`,
    `CREATE TABLE staged (run TEXT NOT NULL, number INTEGER NOT NULL, sha256 TEXT NOT NULL, bytes INTEGER NOT NULL,
       PRIMARY KEY (run, number)) STRICT, WITHOUT ROWID`,
    "CREATE TABLE switches (run TEXT PRIMARY KEY, state TEXT NOT NULL) STRICT",
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}
