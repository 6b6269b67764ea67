import type { Pause } from "@coeval/core/model/pause";
import type { ControlWrites } from "./tables.ts";

/** Ends the pauses of one thing that last beyond an instant. @returns how many there were. */
export async function pauseEnd(
  trx: ControlWrites,
  { what, name }: Pick<Pause, "what" | "name">,
  at: number,
): Promise<number> {
  const ended = await trx
    .updateTable("pauses")
    .set({ until: at })
    .where("what", "=", what)
    .where("name", "=", name)
    .where((is) => is.or([is("until", "is", null), is("until", ">", at)]))
    .returning("number")
    .execute();
  return ended.length;
}
