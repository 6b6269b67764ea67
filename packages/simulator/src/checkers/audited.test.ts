import assert from "node:assert/strict";
import { test } from "node:test";
import { auditAppend } from "@coeval/store/control/audit-append";
import { pointNewest } from "@coeval/store/control/point-newest";
import type { ControlDatabase } from "@coeval/store/control/tables";
import type { Scenario } from "../plan.ts";
import { drain } from "../drain.ts";
import { hash } from "../world/hash.ts";
import { complainersUnder } from "./tampered.ts";

/** The control device dies in the second run, so that something can be done to its database before it comes back. */
const crashed: Scenario = {
  name: "crashed",
  plan: () => ({
    crashes: [{ process: "control", run: 1, point: { call: 60, position: "before" }, downMs: 200 }],
  }),
};

/** Writes a row, once there is a point. */
function writing(previousSha256: string | null) {
  return async (database: ControlDatabase): Promise<void> => {
    const [point] = await pointNewest(database.db);
    if (!point) return;
    const told = { at: 0, who: "eve", what: "point.seal", object: `point/${point.id}` };
    if (previousSha256 === null)
      return database.write((trx) => auditAppend(trx, hash, { ...told, details: {} }));
    const row = { ...told, sequence: 1_000_000, details: "{}", previousSha256, sha256: "0" };
    await database.db.insertInto("audit").values(row).execute();
  };
}

test("a row that does not follow from the one before it is found", async () => {
  const opened = writing("0".repeat(64));
  assert.ok((await complainersUnder(drain, crashed, { control: { opened } })).includes("audited"));
});

test("a point that was sealed once and told twice is found", async () => {
  assert.deepEqual(await complainersUnder(drain, crashed, { control: { opened: writing(null) } }), [
    "audited",
  ]);
});
