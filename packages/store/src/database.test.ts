import assert from "node:assert/strict";
import { test } from "node:test";
import { sql } from "kysely";
import { controlMigrations } from "./control/migrations/all.ts";
import type { ControlTables, ControlWrites } from "./control/tables.ts";
import { openDatabase } from "./database.ts";
import { GROUP_WRITES_MAX } from "./writer.ts";

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
  assert.deepEqual(await keysOf(after), ["kept", "next", "next too"]);
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

const keysOf = async (database: Awaited<ReturnType<typeof open>>) =>
  (await database.db.selectFrom("settings").select("key").orderBy("key").execute()).map(({ key }) => key);

test("writes that wait share a commit; one that fails takes only its own with it", async () => {
  const database = await open();
  const order: string[] = [];
  const write = (key: string, fails = false) =>
    database
      .write(async (trx) => {
        await trx.insertInto("settings").values({ key, value: "1" }).execute();
        if (fails) throw new Error(`not ${key}`);
      })
      .then(
        () => order.push(key),
        (thrown: Error) => order.push(thrown.message),
      );
  await Promise.all([write("a"), write("b", true), write("c"), write("c"), write("d")]);
  assert.deepEqual(order, ["a", "not b", "c", "UNIQUE constraint failed: settings.key", "d"]);
  assert.deepEqual(await keysOf(database), ["a", "c", "d"]);
  await database.close();
});

test("a crash in the middle of a group takes all of it; nobody was told before", async () => {
  const before = await open();
  const { promise: inside, resolve: reached } = Promise.withResolvers<void>();
  const told: string[] = [];
  const first = before.write((trx) => trx.insertInto("settings").values({ key: "a", value: "1" }).execute());
  const second = before.write(async (trx) => {
    await trx.insertInto("settings").values({ key: "b", value: "1" }).execute();
    reached();
    await new Promise(() => {});
  });
  for (const each of [first, second]) void each.then(() => told.push("done"));
  await inside;
  const after = before.crash();
  assert.deepEqual(await keysOf(after), []);
  assert.deepEqual(told, []);
  await after.close();
});

test("more writes than a group holds are all there, in their order", async () => {
  const database = await open();
  const seen: number[] = [];
  const count = GROUP_WRITES_MAX * 2 + 1;
  await Promise.all(
    Array.from({ length: count }, (_, number) =>
      database
        .write((trx) =>
          trx
            .insertInto("settings")
            .values({ key: String(number), value: "1" })
            .execute(),
        )
        .then(() => seen.push(number)),
    ),
  );
  assert.deepEqual(
    seen,
    Array.from({ length: count }, (_, number) => number),
  );
  assert.equal((await keysOf(database)).length, count);
  await database.close();
});

test("between two groups of writes all else goes first: a reader waits for one group, not for all", async () => {
  let breaths = 0;
  let exhale: (() => void) | null = null;
  const breathe = () => {
    breaths++;
    return new Promise<void>((resolve) => void (exhale = resolve));
  };
  const database = await openDatabase<ControlTables>(":memory:", controlMigrations, breathe);
  const count = GROUP_WRITES_MAX * 2;
  const writes = Array.from({ length: count }, (_, number) =>
    database.write((trx) =>
      trx
        .insertInto("settings")
        .values({ key: String(number), value: "1" })
        .execute(),
    ),
  );
  await Promise.all(writes.slice(0, GROUP_WRITES_MAX));
  assert.equal(
    (await keysOf(database)).length,
    GROUP_WRITES_MAX,
    "read as soon as the first group was there",
  );
  assert.equal(breaths, 1);
  (exhale as (() => void) | null)?.();
  await Promise.all(writes);
  assert.equal((await keysOf(database)).length, count);
  (exhale as (() => void) | null)?.();
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
