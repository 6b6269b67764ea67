/**
 * Alerts: each trouble is told once when it has appeared and once when it is over. What was told is stored together with its deliveries,
 * so that a restart neither repeats nor loses one.
 */
import { toFailure } from "@coeval/core/errors";
import type { Messenger } from "@coeval/core/ports/messenger";
import { newId } from "@coeval/core/ports/random";
import type { World } from "@coeval/core/ports/world";
import { alertOpen } from "@coeval/store/control/alert-open";
import { alertOver } from "@coeval/store/control/alert-over";
import { alertRaise } from "@coeval/store/control/alert-raise";
import { deliveryAdd, type NewDelivery } from "@coeval/store/control/delivery-add";
import { deliveryTargets } from "@coeval/store/control/delivery-targets";
import type { ControlQueries } from "@coeval/store/control/tables";
import { type AlertChanges, createHolding } from "./alert-changes.ts";
import { agentNotices } from "./agent-notices.ts";
import { createBell } from "./bell.ts";
import { createCourier, giveUpWaiting } from "./courier.ts";
import type { Records, Tx } from "./records.ts";
import type { Status } from "./status.ts";
import type { Tasks } from "./tasks.ts";
import { troublesOf } from "./troubles.ts";

/** Troubles are looked at this often. */
export const ALERTS_LOOK_EVERY_MS = 3000;
/** Changes stored in one transaction; the others follow at the next look. */
const CHANGES_AT_ONCE_MAX = 200;
/** Deliveries that wait for one target; beyond it new alerts are stored, but not sent there. */
export const WAITING_MAX = 10_000;

export interface AlertsParts {
  readonly db: ControlQueries;
  readonly records: Records;
  readonly tasks: Tasks;
  readonly status: () => Promise<Status>;
  readonly messenger: Messenger;
}

/** One task looks at the troubles, one serves each target: a target that hangs delays nothing but what waits for it. */
export function createAlerts(world: World, parts: AlertsParts): { start(): void } {
  const { db, records, tasks, status, messenger } = parts;
  const holding = createHolding();
  const bell = createBell();
  const courier = createCourier(world, { db, records, messenger, bell });

  async function look(): Promise<void> {
    const now = await status();
    const { raised, over } = holding.look(
      [...troublesOf(now), ...agentNotices(now.clusters)],
      await alertOpen(db),
      world.clock.elapsedMs(),
    );
    if (raised.length + over.length === 0) return;
    const changes = {
      raised: raised.slice(0, CHANGES_AT_ONCE_MAX),
      over: over.slice(0, CHANGES_AT_ONCE_MAX),
    };
    await records.write((tx) => store(tx, changes));
    bell.ring();
  }

  async function store(tx: Tx, { raised, over }: AlertChanges): Promise<void> {
    const waiting = await deliveryTargets(tx.trx);
    const deliver = async (alert: number, kind: NewDelivery["kind"]): Promise<void> => {
      for (const target of messenger.targets) {
        const before = waiting.get(target) ?? 0;
        if (before >= WAITING_MAX) {
          world.log.error("alert-not-queued", { target, alert, waiting: before });
          continue;
        }
        waiting.set(target, before + 1);
        await deliveryAdd(tx.trx, { id: newId(world.random, "alert"), alert, target, kind, at: tx.now });
      }
    };
    for (const { number, key } of over) {
      await alertOver(tx.trx, number, tx.now);
      await deliver(number, "over");
      world.log.info("alert-over", { key });
    }
    for (const { key, about, text, hint, since } of raised) {
      const number = await alertRaise(tx.trx, { key, about, text, hint, since, raisedAt: tx.now });
      await deliver(number, "raised");
      world.log.warn("alert-raised", { key, text });
    }
  }

  async function watch(cancel: AbortSignal): Promise<void> {
    await giveUpWaiting({ db, records }, (target) => !messenger.targets.includes(target));
    while (!cancel.aborted) {
      try {
        await look();
      } catch (thrown) {
        if (cancel.aborted) return;
        const { code, message } = toFailure(thrown);
        world.log.error("troubles-not-looked-at", { code, message });
      }
      await world.clock.sleep(ALERTS_LOOK_EVERY_MS, cancel);
    }
  }

  return {
    start() {
      tasks.start("alerts", watch);
      for (const target of messenger.targets)
        tasks.start(`alerts to ${target}`, (cancel) => courier.serve(target, cancel));
    },
  };
}
