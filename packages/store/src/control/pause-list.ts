import type { Pause } from "@coeval/core/model/pause";
import type { ControlQueries } from "./tables.ts";

/** A pause as stored, with who made it. */
export interface StoredPause extends Pause {
  readonly by: string;
}

/** Every pause that is kept, those that are over too, oldest first. */
export async function pauseList(db: ControlQueries): Promise<StoredPause[]> {
  const rows = await db.selectFrom("pauses").selectAll().orderBy("number").execute();
  return rows.map(({ number: _number, what, ...rest }) => ({ ...rest, what: what as Pause["what"] }));
}
