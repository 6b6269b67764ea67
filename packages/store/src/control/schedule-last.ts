import type { ControlQueries } from "./tables.ts";

/** How far a service's policy is answered. */
export interface ScheduleLast {
  readonly last: number;
  /** By the control device's own clock; the shared one was not read yet. */
  readonly own: boolean;
}

/** Service → its last moment that was armed or told. A service that has none has no row. */
export async function scheduleLast(db: ControlQueries): Promise<Map<string, ScheduleLast>> {
  const rows = await db.selectFrom("schedules").selectAll().execute();
  return new Map(rows.map(({ service, last, own }) => [service, { last, own: own === 1 }]));
}
