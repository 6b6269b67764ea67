// The audit log over the wire: paged, exported whole, and broken rows found.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fixture } from "./testing/fixture.ts";

test("pages go back in time without gaps; the export goes forward and is whole", async () => {
  const { api, as, control } = await fixture();
  const headers = await as("approver");
  for (let row = 0; row < 7; row++)
    await control.write((tx) => tx.audit("test", "try", `thing/${row}`, { row }));
  const seen: number[] = [];
  let cursor = "";
  do {
    const page = (await api.inject({ url: `/api/v1/audit?limit=3${cursor}`, headers })).json();
    seen.push(...page.items.map((row: { sequence: number }) => row.sequence));
    cursor = page.next === null ? "" : `&cursor=${page.next}`;
  } while (cursor !== "");
  assert.deepEqual(seen, [8, 7, 6, 5, 4, 3, 2, 1]);
  const lines = (await api.inject({ url: "/api/v1/audit/export", headers })).body.trimEnd().split("\n");
  assert.deepEqual(
    lines.map((line) => JSON.parse(line).sequence),
    seen.toReversed(),
  );
  assert.equal((await api.inject({ url: "/api/v1/audit?cursor=abc", headers })).statusCode, 400);
});

test("the chain is proven, and an edited row is found", async () => {
  const { api, as, control } = await fixture();
  const headers = await as("approver");
  const verify = { method: "POST", url: "/api/v1/audit/verify", headers } as const;
  const whole = (await api.inject(verify)).json();
  assert.deepEqual([whole.ok, whole.rows, whole.brokenAt], [true, 1, null]);
  await control.write(async ({ trx }) => {
    const row = await trx.selectFrom("audit").selectAll().executeTakeFirstOrThrow();
    await trx
      .insertInto("audit")
      .values({ ...row, sequence: 2, previousSha256: row.sha256, who: "mallory" })
      .execute();
  });
  const broken = (await api.inject(verify)).json();
  assert.deepEqual([broken.ok, broken.brokenAt], [false, 2]);
  assert.match(broken.why, /was edited/);
});
