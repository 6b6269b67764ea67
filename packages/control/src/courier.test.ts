// The courier: tries again with growing pauses, keeps the order, and gives up what is too old, never in silence.
import assert from "node:assert/strict";
import { test } from "node:test";
import { alertRaise } from "@coeval/store/control/alert-raise";
import { readAudit } from "@coeval/store/control/audit-list";
import { deliveryAdd } from "@coeval/store/control/delivery-add";
import { controlMigrations } from "@coeval/store/control/migrations/all";
import type { ControlTables } from "@coeval/store/control/tables";
import { openDatabase } from "@coeval/store/database";
import { createBell } from "./bell.ts";
import { AGAIN_MS_MAX, createCourier, GIVE_UP_AFTER_MS } from "./courier.ts";
import { createRecords } from "./records.ts";
import { createFakeTime } from "./testing/fake-clock.ts";
import { START_MS } from "./testing/fake-control.ts";
import { createFakeMessenger } from "./testing/fake-messenger.ts";
import { createFakeWorld } from "./testing/fake-world.ts";

const TARGET = "webhook/ops";

/** A courier at work on alerts that are raised one by one. */
async function atWork() {
  const time = createFakeTime(START_MS);
  const world = createFakeWorld(time.process(), 1);
  const database = await openDatabase<ControlTables>(":memory:", controlMigrations);
  const bell = createBell();
  const records = createRecords(world, database, createBell());
  const messenger = createFakeMessenger(TARGET);
  const stopping = new AbortController();
  const courier = createCourier(world, { db: database.db, records, messenger, bell });
  const over = courier.serve(TARGET, stopping.signal);
  return {
    time,
    messenger,
    async raise(key: string): Promise<void> {
      await records.write(async (tx) => {
        const alert = { key, about: key, text: "t", hint: null, since: null, raisedAt: tx.now };
        const number = await alertRaise(tx.trx, alert);
        await deliveryAdd(tx.trx, {
          id: `alert-${key}`,
          alert: number,
          target: TARGET,
          kind: "raised",
          at: tx.now,
        });
      });
      bell.ring();
      await time.settle();
    },
    givenUp: async () =>
      (await readAudit(database.db, 0, 1000)).filter(({ what }) => what === "alert.give-up"),
    async stop(): Promise<void> {
      stopping.abort(new Error("stop"));
      await over;
    },
  };
}

test("what is refused is tried again and again, in order, and arrives when the target lives again", async () => {
  const { time, messenger, raise, givenUp, stop } = await atWork();
  messenger.behaves.set(TARGET, "refuses");
  await raise("a");
  await raise("b");
  await time.advance(60_000);
  assert.equal(messenger.tries.length, 6, "after 1, 2, 4, 8, 16, 32 s");
  messenger.behaves.delete(TARGET);
  await time.advance(60_000);
  assert.deepEqual(
    messenger.taken.map(({ message }) => message.key),
    ["a", "b"],
  );
  assert.deepEqual(await givenUp(), []);
  await stop();
});

test("what is too old is given up with an audit row; what is newer still has its time", async () => {
  const { time, messenger, raise, givenUp, stop } = await atWork();
  messenger.behaves.set(TARGET, "refuses");
  await raise("a");
  await time.advance(GIVE_UP_AFTER_MS - AGAIN_MS_MAX);
  await raise("b");
  await time.advance(3 * AGAIN_MS_MAX);
  const [given, ...more] = await givenUp();
  assert.match(given?.details ?? "", /"key":"a".*"why":"webhook\/ops answered 500"/);
  assert.equal(more.length, 0);
  assert.ok(messenger.tries.length < 70, `${messenger.tries.length} tries are bounded`);
  messenger.behaves.delete(TARGET);
  await time.advance(AGAIN_MS_MAX);
  assert.deepEqual(
    messenger.taken.map(({ message }) => message.key),
    ["b"],
  );
  await stop();
});
