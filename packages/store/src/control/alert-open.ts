import type { ControlQueries } from "./tables.ts";

/** A trouble that was told and lasts. */
export interface OpenAlert {
  readonly number: number;
  /** The trouble's. */
  readonly key: string;
}

/** The alerts whose trouble lasts, oldest first. */
export async function alertOpen(db: ControlQueries): Promise<OpenAlert[]> {
  return await db
    .selectFrom("alerts")
    .select(["number", "key"])
    .where("overAt", "is", null)
    .orderBy("number")
    .execute();
}
