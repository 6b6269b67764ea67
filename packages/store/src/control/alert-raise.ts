import type { ControlWrites } from "./tables.ts";

/** Alerts kept; the oldest that are over, with nothing left to deliver, go. */
export const ALERTS_KEPT_MAX = 10_000;

/** Opens an alert. @returns its number. */
export async function alertRaise(
  trx: ControlWrites,
  alert: {
    key: string;
    about: string;
    text: string;
    hint: string | null;
    since: number | null;
    raisedAt: number;
  },
): Promise<number> {
  const { number } = await trx
    .insertInto("alerts")
    .values({ ...alert, overAt: null })
    .returning("number")
    .executeTakeFirstOrThrow();
  const old = trx
    .selectFrom("alerts as a")
    .select("a.number")
    .where("a.number", "<=", number - ALERTS_KEPT_MAX)
    .where("a.overAt", "is not", null)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom("deliveries as d")
            .select("d.number")
            .whereRef("d.alert", "=", "a.number")
            .where("d.state", "=", "open"),
        ),
      ),
    );
  const gone = (await old.execute()).map((one) => one.number);
  if (gone.length > 0) {
    await trx.deleteFrom("deliveries").where("alert", "in", gone).execute();
    await trx.deleteFrom("alerts").where("number", "in", gone).execute();
  }
  return number;
}
