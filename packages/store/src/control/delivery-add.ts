/** Deliveries of alerts, as they are put into their queues. */
import type { ControlWrites } from "./tables.ts";

export interface NewDelivery {
  readonly id: string;
  /** The alert's number. */
  readonly alert: number;
  readonly target: string;
  readonly kind: "raised" | "over";
  readonly at: number;
}

/** Puts a delivery at the end of its target's queue. */
export async function deliveryAdd(trx: ControlWrites, delivery: NewDelivery): Promise<void> {
  await trx
    .insertInto("deliveries")
    .values({ ...delivery, state: "open", tries: 0, why: null })
    .execute();
}
