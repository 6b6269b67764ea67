import assert from "node:assert/strict";
import { test } from "node:test";
import type { Hash } from "@coeval/core/ports/hash";
import { sql } from "kysely";
import { openDatabase } from "../database.ts";
import { auditAppend } from "./audit-append.ts";
import { auditCheck } from "./audit-check.ts";
import { controlMigrations } from "./migrations/all.ts";
import type { ControlDatabase, ControlTables } from "./tables.ts";

/** Depends on every character: enough to see a chain break. */
const hash: Hash = {
  sha256() {
    let state = 7;
    const hasher = {
      update(text: Uint8Array | string) {
        for (const char of String(text)) state = (Math.imul(state, 31) + (char.codePointAt(0) ?? 0)) >>> 0;
        return hasher;
      },
      hex: () => state.toString(16).padStart(64, "0"),
    };
    return hasher;
  },
};

async function logOf(rows: number): Promise<ControlDatabase> {
  const database = await openDatabase<ControlTables>(":memory:", controlMigrations);
  await database.write(async (trx) => {
    for (let i = 0; i < rows; i++)
      await auditAppend(trx, hash, { at: i, who: "w", what: "x.y", object: `o/${i}`, details: { i } });
  });
  // As somebody with the file in hand could.
  await sql.raw("drop trigger audit_no_update").execute(database.db);
  await sql.raw("drop trigger audit_no_delete").execute(database.db);
  return database;
}

test("a whole log is whole, over more than one page", async () => {
  const { db } = await logOf(2500);
  const { rows, broken } = await auditCheck(db, hash);
  assert.deepEqual([rows, broken], [2500, null]);
});

test("an edited, a cut-out and a reordered row are found, each at its place", async () => {
  const edited = await logOf(10);
  await edited.db.updateTable("audit").set({ who: "nobody" }).where("sequence", "=", 4).execute();
  assert.deepEqual((await auditCheck(edited.db, hash)).broken, { sequence: 4, why: "was edited" });
  await edited.db.updateTable("audit").set({ details: "{}" }).where("sequence", "=", 2).execute();
  assert.deepEqual((await auditCheck(edited.db, hash)).broken, { sequence: 2, why: "was edited" });

  const cut = await logOf(10);
  await cut.db.deleteFrom("audit").where("sequence", "=", 5).execute();
  assert.deepEqual((await auditCheck(cut.db, hash)).broken, { sequence: 5, why: "is missing" });

  const swapped = await logOf(10);
  for (const [from, to] of [
    [6, 99],
    [7, 6],
    [99, 7],
  ] as const)
    await swapped.db.updateTable("audit").set({ sequence: to }).where("sequence", "=", from).execute();
  assert.equal((await auditCheck(swapped.db, hash)).broken?.sequence, 6);
});

test("a log whose end was cut off, or rewritten, is found by the head that was kept", async () => {
  const { db } = await logOf(10);
  const head = await db.selectFrom("audit").selectAll().where("sequence", "=", 10).executeTakeFirstOrThrow();
  assert.equal((await auditCheck(db, hash, head)).broken, null);
  await db.deleteFrom("audit").where("sequence", ">", 8).execute();
  assert.equal((await auditCheck(db, hash)).broken, null);
  assert.match((await auditCheck(db, hash, head)).broken?.why ?? "", /cut short/);
});
