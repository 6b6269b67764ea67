import type { ControlWrites } from "./tables.ts";

/** What a try came to: the delivery waits on (`open`), or is over. */
export async function deliveryTried(
  trx: ControlWrites,
  { number, tries }: { readonly number: number; readonly tries: number },
  state: "open" | "done" | "given-up",
  why: string | null,
): Promise<void> {
  await trx.updateTable("deliveries").set({ state, tries, why }).where("number", "=", number).execute();
}
