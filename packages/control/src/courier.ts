/** The courier: brings what waits for a target there, in order, again and again until it is taken or too old. */
import { CoevalError, toFailure } from "@coeval/core/errors";
import type { Messenger } from "@coeval/core/ports/messenger";
import type { World } from "@coeval/core/ports/world";
import { deliveryNext, type StoredDelivery } from "@coeval/store/control/delivery-next";
import { deliveryTargets } from "@coeval/store/control/delivery-targets";
import { deliveryTried } from "@coeval/store/control/delivery-tried";
import type { ControlQueries } from "@coeval/store/control/tables";
import type { Bell } from "./bell.ts";
import type { Records } from "./records.ts";

/** A target that has not answered by then is tried again later. */
export const SEND_MS_MAX = 15_000;
/** After the first try that failed; doubled after each further one. */
export const AGAIN_MS_MIN = 1000;
/** Between two tries at most. */
export const AGAIN_MS_MAX = 300_000;
/** What is older is given up when a try fails. */
export const GIVE_UP_AFTER_MS = 4 * 3_600_000;

/** What could not be read or stored is tried again after this. */
const STORE_AGAIN_MS = 2000;

export interface CourierParts {
  readonly db: ControlQueries;
  readonly records: Records;
  readonly messenger: Messenger;
  /** Rung when something new waits. */
  readonly bell: Bell;
}

export interface Courier {
  /** Serves one target until cancelled. */
  serve(target: string, cancel: AbortSignal): Promise<void>;
}

export function createCourier({ clock, log }: World, parts: CourierParts): Courier {
  const { db, records, messenger, bell } = parts;

  /** @returns null when it was taken, else why not. */
  async function hand(delivery: StoredDelivery, cancel: AbortSignal): Promise<string | null> {
    const ended = new AbortController();
    const signal = AbortSignal.any([cancel, ended.signal]);
    const { number: _number, tries: _tries, target, ...message } = delivery;
    // Whatever the messenger does with its signal, nobody waits for it longer.
    const late = clock.sleep(SEND_MS_MAX, signal).then(() => {
      throw new CoevalError("not-delivered", `${target} did not answer within ${SEND_MS_MAX / 1000} s`);
    });
    const sent = messenger.send(target, message, signal);
    // Whichever comes second has nobody who listens.
    late.catch(() => undefined);
    sent.catch(() => undefined);
    try {
      await Promise.race([sent, late]);
      return null;
    } catch (thrown) {
      if (cancel.aborted) throw thrown;
      return toFailure(thrown).message;
    } finally {
      ended.abort(new Error("the try is over"));
    }
  }

  /** @returns true when the next one can follow at once. */
  async function deliver(delivery: StoredDelivery, cancel: AbortSignal): Promise<boolean> {
    const { number, target, key, kind } = delivery;
    const tried = { number, tries: delivery.tries + 1 };
    const why = await hand(delivery, cancel);
    if (why === null) {
      await records.write((tx) => deliveryTried(tx.trx, tried, "done", null));
      return true;
    }
    log.warn("alert-not-delivered", { target, key, kind, tries: tried.tries, why });
    if (clock.nowMs() - delivery.at < GIVE_UP_AFTER_MS) {
      await records.write((tx) => deliveryTried(tx.trx, tried, "open", why));
      return false;
    }
    await giveUp(records, { ...delivery, tries: tried.tries }, why);
    return false;
  }

  return {
    async serve(target, cancel) {
      let againMs = AGAIN_MS_MIN;
      while (!cancel.aborted) {
        // Taken before looking: what comes from now on is seen.
        const rung = bell.next(cancel);
        try {
          const next = await deliveryNext(db, target);
          if (!next) await rung;
          else if (await deliver(next, cancel)) againMs = AGAIN_MS_MIN;
          else {
            await clock.sleep(againMs, cancel);
            againMs = Math.min(againMs * 2, AGAIN_MS_MAX);
          }
        } catch (thrown) {
          if (cancel.aborted) return;
          const { code, message } = toFailure(thrown);
          log.error("deliveries-not-read", { target, code, message });
          await clock.sleep(STORE_AGAIN_MS, cancel);
        }
      }
    },
  };
}

/** Gives up everything that waits for a target of which `gone` is true: nobody would bring it there. */
export async function giveUpWaiting(
  { db, records }: Pick<CourierParts, "db" | "records">,
  gone: (target: string) => boolean,
): Promise<void> {
  for (const target of (await deliveryTargets(db)).keys()) {
    if (!gone(target)) continue;
    for (let next = await deliveryNext(db, target); next; next = await deliveryNext(db, target))
      await giveUp(records, next, "the configuration does not name this target any more");
  }
}

async function giveUp(records: Records, delivery: StoredDelivery, why: string): Promise<void> {
  const { number, id, target, key, kind, tries } = delivery;
  await records.write(async (tx) => {
    await deliveryTried(tx.trx, { number, tries }, "given-up", why);
    await tx.audit("control", "alert.give-up", `alert/${id}`, { target, key, kind, tries, why });
  });
}
