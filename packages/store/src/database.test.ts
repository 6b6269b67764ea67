import assert from "node:assert/strict";
import { test } from "node:test";
import { sql } from "kysely";
import { controlMigrations } from "./control/migrations/all.ts";
import type { ControlTables, ControlWrites } from "./control/tables.ts";
import { openDatabase } from "./database.ts";

const open = () => openDatabase<ControlTables>(":memory:", controlMigrations);

test("a transaction that fails leaves nothing", async () => {
  const database = await open();
  await assert.rejects(
    database.write(async (trx) => {
      await trx.insertInto("settings").values({ key: "a", value: "1" }).execute();
      throw new Error("no");
    }),
    /no/,
  );
  assert.deepEqual(await database.db.selectFrom("settings").selectAll().execute(), []);
  await database.close();
});

test("a crash rolls the open transaction back, and the dead handle has no effect any more", async () => {
  const before = await open();
  await before.write((trx) => trx.insertInto("settings").values({ key: "kept", value: "1" }).execute());
  const { promise: inside, resolve: reached } = Promise.withResolvers<void>();
  const { promise: held, resolve: letGo } = Promise.withResolvers<void>();
  const lost = before.write(async (trx) => {
    await trx.insertInto("settings").values({ key: "lost", value: "1" }).execute();
    reached();
    await held;
    await trx.insertInto("settings").values({ key: "late", value: "1" }).execute();
  });
  await inside;
  const after = before.crash();
  // The next process is in the middle of its own transaction when the dead one wakes and rolls back.
  const next = after.write(async (trx) => {
    await trx.insertInto("settings").values({ key: "next", value: "1" }).execute();
    letGo();
    await assert.rejects(lost, { code: "internal-stop" });
    await trx.insertInto("settings").values({ key: "next too", value: "1" }).execute();
  });
  await next;
  const keys = await after.db.selectFrom("settings").select("key").orderBy("key").execute();
  assert.deepEqual(
    keys.map((row) => row.key),
    ["kept", "next", "next too"],
  );
  await assert.rejects(before.db.selectFrom("settings").selectAll().execute(), { code: "internal-stop" });
  await after.close();
});

test("a full disk is the data folder's failure; nothing of the transaction stays, and it goes on once there is room", async () => {
  const database = await open();
  const write = (trx: ControlWrites) =>
    trx
      .insertInto("settings")
      .values({ key: "big", value: "x".repeat(100_000) })
      .execute();
  await sql`pragma max_page_count = 1`.execute(database.db);
  await assert.rejects(database.write(write), { code: "data-folder", message: /disk is full/ });
  assert.deepEqual(await database.db.selectFrom("settings").selectAll().execute(), []);
  await sql`pragma max_page_count = 1000000`.execute(database.db);
  await database.write(write);
  assert.equal((await database.db.selectFrom("settings").select("key").execute()).length, 1);
  await database.close();
});

test("every call settles within microtasks, so that a seed decides everything", async () => {
  const database = await open();
  let settled = false;
  const done = database.write(async (trx) => {
    await trx.insertInto("settings").values({ key: "a", value: "1" }).execute();
    settled = true;
  });
  for (let turn = 0; turn < 200 && !settled; turn++) await Promise.resolve();
  assert.ok(settled);
  await done;
  await database.close();
});

test("audit rows can neither be changed nor deleted through the store", async () => {
  const database = await open();
  const row = { sequence: 1, at: 0, who: "w", what: "x", object: "o", details: "{}" };
  await database.db
    .insertInto("audit")
    .values({ ...row, previousSha256: "", sha256: "" })
    .execute();
  await assert.rejects(database.db.deleteFrom("audit").execute(), /never go/);
  await assert.rejects(database.db.updateTable("audit").set({ who: "z" }).execute(), /never change/);
  await database.close();
});
test("migrations with a gap are a defect", async () => {
  const gap = [{ name: "002-gap", up: async () => undefined }];
  await assert.rejects(openDatabase(":memory:", gap), TypeError);
});
