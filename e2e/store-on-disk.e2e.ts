// The store on a real disk: what is committed outlives kill -9, one process at a time uses it, and no older program
// touches newer data.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { controlMigrations } from "@coeval/store/control/migrations/all";
import type { ControlTables } from "@coeval/store/control/tables";
import { openDatabase } from "@coeval/store/database";
import { sql } from "kysely";

/** Another process that commits one setting, leaves a second uncommitted, tells that it is there, and waits to be killed. */
const HOLDER = `
  import { controlMigrations } from "@coeval/store/control/migrations/all";
  import { openDatabase } from "@coeval/store/database";
  const database = await openDatabase(process.argv[1], controlMigrations);
  await database.write((trx) => trx.insertInto("settings").values({ key: "committed", value: "1" }).execute());
  await database.write(async (trx) => {
    await trx.insertInto("settings").values({ key: "open", value: "1" }).execute();
    console.log("ready");
    await new Promise((resolve) => setTimeout(resolve, 60_000));
  });
`;

const open = (path: string) => openDatabase<ControlTables>(path, controlMigrations);

async function inFolder(work: (path: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "coeval-store-"));
  try {
    await work(join(folder, "control.db"));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("another process is refused while one uses the file; after kill -9 what was committed is there, no more", () =>
  inFolder(async (path) => {
    const holder = spawn(process.execPath, ["--input-type=module", "--eval", HOLDER, path], {
      cwd: import.meta.dirname,
      stdio: ["ignore", "pipe", "inherit"],
    });
    try {
      const [word] = await Array.fromAsync(firstOf(holder.stdout));
      assert.equal(String(word).trim(), "ready");
      await assert.rejects(open(path), { code: "folder-in-use", message: /in use by another process/ });
    } finally {
      holder.kill("SIGKILL");
    }
    await new Promise((resolve) => holder.once("exit", resolve));
    const database = await open(path);
    assert.deepEqual(await pragmas(database.db), { journal_mode: "wal", synchronous: 2, foreign_keys: 1 });
    const rows = await database.db.selectFrom("settings").select("key").execute();
    assert.deepEqual(
      rows.map(({ key }) => key),
      ["committed"],
    );
    await database.close();
  }));

test("data of a later version is refused", () =>
  inFolder(async (path) => {
    const name = `${String(controlMigrations.length + 1).padStart(3, "0")}-later`;
    const later = [...controlMigrations, { name, up: async () => undefined }];
    await (await openDatabase(path, later)).close();
    await assert.rejects(open(path), { code: "newer-data", message: new RegExp(name) });
  }));

async function pragmas(db: Awaited<ReturnType<typeof open>>["db"]): Promise<Record<string, unknown>> {
  const found: Record<string, unknown> = {};
  for (const name of ["journal_mode", "synchronous", "foreign_keys"])
    Object.assign(found, (await sql.raw<object>(`pragma ${name}`).execute(db)).rows[0]);
  return found;
}

async function* firstOf(stream: AsyncIterable<unknown>): AsyncGenerator<unknown> {
  for await (const chunk of stream) {
    yield chunk;
    return;
  }
}
