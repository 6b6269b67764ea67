/** Lists that come in pages, gathered up to a bound. */
import type { Client, Reader } from "./client.ts";

interface Page<Item> {
  items: Item[];
  next: string | null;
}

const PAGE_ITEMS_MAX = 500;

/** At most `limit` items. `more` tells that there are others. */
export async function gather<Item>(
  client: Client,
  path: string,
  schema: Reader<Page<Item>>,
  limit: number,
  query: Readonly<Record<string, string | undefined>> = {},
): Promise<{ items: Item[]; more: boolean }> {
  const items: Item[] = [];
  let cursor: string | undefined;
  for (;;) {
    const wanted = Math.min(limit - items.length, PAGE_ITEMS_MAX);
    const page = await client.call("GET", path, schema, { query: { ...query, limit: wanted, cursor } });
    items.push(...page.items);
    if (page.next === null) return { items, more: false };
    if (items.length >= limit) return { items: items.slice(0, limit), more: true };
    cursor = page.next;
  }
}
