import type { Failure } from "@coeval/core/errors";
import type { ControlQueries } from "./tables.ts";

/** How a service's run ended that was begun last of those that are over. */
export interface EndedRun {
  readonly service: string;
  readonly id: string;
  readonly phase: string;
  /** Null when it did not fail. */
  readonly cause: Failure | null;
  readonly endedAt: number;
}

/** The newest run that is over, of these services, or of each that has one; one query for all. */
export async function runNewestEnded(db: ControlQueries, services?: readonly string[]): Promise<EndedRun[]> {
  let query = db
    .selectFrom("services as s")
    .innerJoin("runs as r", (join) =>
      join.on((is) =>
        is(
          "r.id",
          "=",
          is
            .selectFrom("runs as n")
            .select("n.id")
            .whereRef("n.service", "=", "s.name")
            .where("n.endedAt", "is not", null)
            .orderBy("n.startedAt", "desc")
            .orderBy("n.id", "desc")
            .limit(1),
        ),
      ),
    )
    .select(["r.service", "r.id", "r.phase", "r.cause", "r.endedAt"]);
  if (services) query = query.where("s.name", "in", services);
  const rows = await query.execute();
  return rows.map(({ cause, endedAt, ...rest }) => ({
    ...rest,
    cause: cause === null ? null : (JSON.parse(cause) as Failure),
    endedAt: endedAt ?? 0,
  }));
}
