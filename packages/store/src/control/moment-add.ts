import type { StoredMoment } from "./moment-row.ts";
import type { ControlWrites } from "./tables.ts";

/** Moments kept of one service; the oldest go. */
export const MOMENTS_KEPT_MAX = 20_000;

/** Appends what became of moments of one service, in their order. */
export async function momentAdd(
  trx: ControlWrites,
  service: string,
  moments: readonly Omit<StoredMoment, "number" | "service">[],
): Promise<void> {
  for (const { cause, ...rest } of moments)
    await trx
      .insertInto("moments")
      .values({ ...rest, service, cause: cause && JSON.stringify(cause) })
      .execute();
  for (const { fate, more } of moments) {
    const total = 1 + more;
    await trx
      .insertInto("momentTotals")
      .values({ service, fate, total })
      .onConflict((conflict) =>
        conflict
          .columns(["service", "fate"])
          .doUpdateSet((is) => ({ total: is("momentTotals.total", "+", total) })),
      )
      .execute();
  }
  const oldest = await trx
    .selectFrom("moments")
    .select("number")
    .where("service", "=", service)
    .orderBy("number", "desc")
    .offset(MOMENTS_KEPT_MAX)
    .limit(1)
    .executeTakeFirst();
  if (oldest)
    await trx
      .deleteFrom("moments")
      .where("service", "=", service)
      .where("number", "<=", oldest.number)
      .execute();
}
