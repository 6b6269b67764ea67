import type { ControlQueries } from "./tables.ts";

/** Fingerprints that are trusted no more, the newest first, at most `limit`. */
export async function revokedList(db: ControlQueries, limit: number): Promise<string[]> {
  const rows = await db
    .selectFrom("agents")
    .select("fingerprint")
    .where("revokedAt", "is not", null)
    .orderBy("revokedAt", "desc")
    .orderBy("fingerprint")
    .limit(limit)
    .execute();
  return rows.map((row) => row.fingerprint);
}
