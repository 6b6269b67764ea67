/** One enrolment, by the public half of its secret. */
import type { Selectable } from "kysely";
import type { ControlQueries, ControlTables } from "./tables.ts";

export type StoredEnrolment = Readonly<Selectable<ControlTables["enrolments"]>>;

/** The enrolment by the public half of its secret, or null. */
export async function enrolmentGet(db: ControlQueries, id: string): Promise<StoredEnrolment | null> {
  const row = await db.selectFrom("enrolments").selectAll().where("id", "=", id).executeTakeFirst();
  return row ?? null;
}
