import type { Grade } from "@coeval/core/protect/snapshot";
import type { ControlQueries } from "./tables.ts";

/** The end of a service's chain, without its certificate. */
export interface NewestPoint {
  readonly service: string;
  readonly id: string;
  readonly moment: number;
  readonly grade: Grade;
  /** How many points the service has. */
  readonly points: number;
}

/** The newest point of these services, or of each that has one; two queries for all. */
export async function pointNewest(db: ControlQueries, services?: readonly string[]): Promise<NewestPoint[]> {
  let counted = db
    .selectFrom("points")
    .select(({ fn }) => ["service", fn.countAll<number>().as("points")])
    .groupBy("service");
  if (services) counted = counted.where("service", "in", services);
  const ends = await counted.execute();
  const counts = new Map(ends.map(({ service, points }) => [service, points]));
  let query = db
    .selectFrom("services as s")
    .innerJoin("points as p", (join) =>
      join.on((is) =>
        is(
          "p.number",
          "=",
          is
            .selectFrom("points as n")
            .select(({ fn }) => fn.max("n.number").as("number"))
            .whereRef("n.service", "=", "s.name"),
        ),
      ),
    )
    .select(["p.service", "p.id", "p.moment", "p.grade"]);
  if (services) query = query.where("s.name", "in", services);
  const rows = await query.execute();
  return rows.map((row) => ({
    ...row,
    grade: JSON.parse(row.grade) as Grade,
    points: counts.get(row.service) ?? 1,
  }));
}
