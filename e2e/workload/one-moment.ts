// Judges by the causal writer's own log whether what a recovery point holds can be of its moment.
import type { CausalWriter, Write } from "./causal.ts";

/** When the snapshot that holds a directory was taken: not before `earliest`, not after `latest`. */
export interface TakenBetween {
  readonly earliest: number;
  readonly latest: number;
}

export interface Held {
  /** Serials that the point holds. */
  readonly orders: ReadonlySet<number>;
  readonly items: ReadonlySet<number>;
  readonly ordersTaken: TakenBetween;
  readonly itemsTaken: TakenBetween;
}

export interface Judgement {
  /** What contradicts the receipts, in words; empty when nothing does. */
  readonly wrong: readonly string[];
  /** Items whose order is missing, all within what the receipts allow. */
  readonly ahead: number;
}

export function judgeMoment(
  writer: Pick<CausalWriter, "orders" | "items">,
  held: Held,
  /** The writer's clock may differ from the receipts' by so much. */
  clockSlackMs: number,
): Judgement {
  const wrong = [
    ...misplaced("order", writer.orders, held.orders, held.ordersTaken, clockSlackMs),
    ...misplaced("item", writer.items, held.items, held.itemsTaken, clockSlackMs),
  ];
  let ahead = 0;
  for (const serial of held.items) {
    if (held.orders.has(serial)) continue;
    ahead++;
    const order = writer.orders.get(serial);
    // Its order was acknowledged before its item was begun, so the items' snapshot is later than the orders'.
    const allowed = order !== undefined && order.acknowledgedAt + clockSlackMs >= held.ordersTaken.earliest;
    if (!allowed) wrong.push(`item ${serial} is held without its order, beyond what the receipts allow`);
  }
  return { wrong, ahead };
}

function* misplaced(
  what: string,
  log: ReadonlyMap<number, Write>,
  held: ReadonlySet<number>,
  taken: TakenBetween,
  slackMs: number,
): Generator<string> {
  for (const [serial, { begunAt, acknowledgedAt }] of log) {
    if (acknowledgedAt < taken.earliest - slackMs && !held.has(serial)) {
      yield `${what} ${serial} was acknowledged ${(taken.earliest - acknowledgedAt).toFixed(3)} ms before the snapshot and is missing`;
    }
    if (begunAt > taken.latest + slackMs && held.has(serial)) {
      yield `${what} ${serial} was begun ${(begunAt - taken.latest).toFixed(3)} ms after the snapshot and is there`;
    }
  }
  for (const serial of held) if (!log.has(serial)) yield `${what} ${serial} was never written`;
}
