import { momentOf, type StoredMoment } from "./moment-row.ts";
import type { ControlQueries } from "./tables.ts";

/** What became of the last moment of these services, or of each that had one; one query for all. */
export async function momentNewest(
  db: ControlQueries,
  services?: readonly string[],
): Promise<StoredMoment[]> {
  let query = db
    .selectFrom("services as s")
    .innerJoin("moments as m", (join) =>
      join.on((is) =>
        is(
          "m.number",
          "=",
          is
            .selectFrom("moments as n")
            .select(({ fn }) => fn.max("n.number").as("number"))
            .whereRef("n.service", "=", "s.name"),
        ),
      ),
    )
    .selectAll("m");
  if (services) query = query.where("s.name", "in", services);
  const rows = await query.execute();
  return rows.map(momentOf);
}
