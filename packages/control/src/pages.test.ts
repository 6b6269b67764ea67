// Lists in pages: every cursor is one that the API lets through, and page by page the whole list is seen, once.
import assert from "node:assert/strict";
import { test } from "node:test";
import { cursorText } from "@coeval/contract/api/fields";
import type { Page, PageRequest } from "./call.ts";
import { byPolicy, pass } from "./testing/by-policy.ts";
import { call } from "./testing/fake-control.ts";

async function pages<T>(
  list: (request: PageRequest) => Promise<Page<T>>,
  name: (item: T) => unknown,
): Promise<void> {
  const whole = (await list({})).items.map(name);
  assert.ok(whole.length >= 3, `there are only ${whole.length}`);
  const seen: unknown[] = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page: Page<T> = await list({ limit: 2, ...(cursor === undefined ? {} : { cursor }) });
    seen.push(...page.items.map(name));
    cursor = page.next;
    if (cursor !== null) cursorText.parse(cursor);
  }
  assert.deepEqual(seen, whole);
}

test("runs, their lines, points and moments are read page by page", async () => {
  const { fake, pair } = await byPolicy([{ kind: "every", everyMs: 10_000, anchor: null }]);
  await pass(fake, pair, 55_000);
  const { control } = fake;
  await pages(control.runs.list, ({ run }) => run.id);
  const [{ run } = { run: null }] = (await control.runs.list({})).items;
  await pages(
    (request) => control.runs.logs(run?.id ?? "", request),
    ({ text }) => text,
  );
  await pages(
    (request) => control.points.list("orders", request),
    ({ id }) => id,
  );
  await pages(
    (request) => control.moments.list("orders", request),
    ({ moment }) => moment,
  );
  await assert.rejects(control.runs.list({ cursor: "run-unknown" }), /none that a page before gave/);
});

test("services are read page by page, by name, each with the status that it has among all", async () => {
  const { fake } = await byPolicy([{ kind: "every", everyMs: 10_000, anchor: null }]);
  const { control } = fake;
  const { service } = await control.services.get("orders");
  const more = ["accounts", "zones"].map((name) => ({
    ifVersion: null,
    service: {
      ...service,
      name,
      dataSets: [{ ...service.dataSets[0], name, path: `/data/${name}` } as (typeof service.dataSets)[0]],
      mapping: { ...service.mapping, target: `/backup/${name}` },
    },
  }));
  await control.services.apply(call, more, { dryRun: false });
  await pages(control.services.page, (record) => record.service.name);
  const names = (await control.services.page({})).items.map((record) => record.service.name);
  assert.deepEqual(names, ["accounts", "orders", "zones"]);
  const all = (await control.status()).services;
  const some = (await control.status(["zones", "orders", "none"])).services;
  assert.deepEqual(
    some,
    all.filter((one) => one.service !== "accounts"),
  );
  assert.deepEqual((await control.status([])).services, []);
});
