import type { StoredActing } from "./acting-row.ts";
import type { ControlWrites } from "./tables.ts";

/** Makes an agent the acting one of its cluster. @returns false, and nothing is stored, unless the term is the stored one's successor, or the same agent's own. */
export async function actingPut(trx: ControlWrites, acting: StoredActing): Promise<boolean> {
  const { cluster, term, fingerprint } = acting;
  const before = await trx.selectFrom("acting").selectAll().where("cluster", "=", cluster).executeTakeFirst();
  const same = before?.term === term && before.fingerprint === fingerprint;
  if (!same && term !== (before?.term ?? 0) + 1) return false;
  const row = { ...acting, leased: acting.leased ? 1 : 0 };
  await trx
    .insertInto("acting")
    .values(row)
    .onConflict((conflict) => conflict.column("cluster").doUpdateSet(row))
    .execute();
  return true;
}
