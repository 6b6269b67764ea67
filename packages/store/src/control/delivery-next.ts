import type { ControlQueries } from "./tables.ts";

/** A delivery with what it tells. */
export interface StoredDelivery {
  readonly number: number;
  readonly id: string;
  readonly target: string;
  readonly kind: "raised" | "over";
  readonly at: number;
  readonly tries: number;
  readonly key: string;
  readonly about: string;
  readonly text: string;
  readonly hint: string | null;
  readonly since: number | null;
}

/** The oldest delivery that waits for a target, or null. */
export async function deliveryNext(db: ControlQueries, target: string): Promise<StoredDelivery | null> {
  const row = await db
    .selectFrom("deliveries as d")
    .innerJoin("alerts as a", "a.number", "d.alert")
    .select(["d.number", "d.id", "d.target", "d.kind", "d.at", "d.tries"])
    .select(["a.key", "a.about", "a.text", "a.hint", "a.since"])
    .where("d.state", "=", "open")
    .where("d.target", "=", target)
    .orderBy("d.number")
    .limit(1)
    .executeTakeFirst();
  return row ? { ...row, kind: row.kind as StoredDelivery["kind"] } : null;
}
