/** Pauses: begun and ended by people; while one lasts no moment of what it names is taken. */
import { CoevalError } from "@coeval/core/errors";
import { formatInstant, type Instant } from "@coeval/core/model/instant";
import { type Pause, PAUSE_WHY_CHARS_MAX } from "@coeval/core/model/pause";
import type { World } from "@coeval/core/ports/world";
import { clusterGet } from "@coeval/store/control/cluster-get";
import { pauseAdd } from "@coeval/store/control/pause-add";
import { pauseEnd } from "@coeval/store/control/pause-end";
import { pauseList, type StoredPause } from "@coeval/store/control/pause-list";
import { serviceGet } from "@coeval/store/control/service-get";
import type { ControlQueries } from "@coeval/store/control/tables";
import type { Call } from "./call.ts";
import type { Records } from "./records.ts";
import type { Scheduler } from "./scheduler.ts";

/** What can be paused. `name` is empty for `all`. */
export type Paused = Pick<Pause, "what" | "name">;

export interface Pauses {
  /** Those that hold something now, oldest first. */
  list(): Promise<StoredPause[]>;
  /**
   * From now on; replaces one that goes on already. A run that goes on is not touched.
   * @throws CoevalError `not-found`, `moment-past` (an end that has passed), `bad-input` (no reason, or one that is too long).
   */
  pause(call: Call, what: Paused & Pick<Pause, "until" | "why">): Promise<StoredPause>;
  /** @throws CoevalError `not-found` when it is not paused. */
  resume(call: Call, what: Paused): Promise<void>;
}

export interface PausesParts {
  readonly db: ControlQueries;
  readonly records: Records;
  readonly scheduler: Pick<Scheduler, "changed">;
}

export function createPauses({ clock }: World, { db, records, scheduler }: PausesParts): Pauses {
  return {
    async list() {
      const now = clock.nowMs();
      return (await pauseList(db)).filter(({ until }) => until === null || until > now);
    },
    async pause(call, { what, name, until, why }) {
      checkWhy(why);
      const made = await records.write(async (tx) => {
        await checkExists(tx.trx, { what, name });
        const since = clock.nowMs();
        checkEnd(until, since);
        const pause: StoredPause = { what, name, since, until, why, by: call.who };
        await pauseEnd(tx.trx, pause, since);
        await pauseAdd(tx.trx, pause);
        const end = until === null ? null : formatInstant(until);
        await tx.audit(call.who, `${nounOf(what)}.pause`, objectOf({ what, name }), { until: end, why });
        if (what !== "all") await tx.event(what, objectOf({ what, name }), { paused: true });
        await call.within?.(tx, pause);
        return pause;
      });
      scheduler.changed();
      return made;
    },
    async resume(call, what) {
      await records.write(async (tx) => {
        if ((await pauseEnd(tx.trx, what, clock.nowMs())) === 0)
          throw new CoevalError("not-found", `${objectOf(what)} is not paused`);
        await tx.audit(call.who, `${nounOf(what.what)}.resume`, objectOf(what));
        if (what.what !== "all") await tx.event(what.what, objectOf(what), { paused: false });
        await call.within?.(tx, null);
      });
      scheduler.changed();
    },
  };
}

async function checkExists(db: ControlQueries, { what, name }: Paused): Promise<void> {
  if (what === "all") return;
  const found = what === "cluster" ? await clusterGet(db, name) : await serviceGet(db, name);
  if (!found || ("deletedAt" in found && found.deletedAt !== null))
    throw new CoevalError("not-found", `there is no ${what} '${name}'`);
}

function checkEnd(until: Instant | null, now: Instant): void {
  if (until !== null && until <= now)
    throw new CoevalError("moment-past", `the pause's end, ${formatInstant(until)}, has passed`, {
      pointer: "/until",
    });
}

function checkWhy(why: string): void {
  if (why.trim() === "" || why.length > PAUSE_WHY_CHARS_MAX)
    throw new CoevalError(
      "bad-input",
      `why: 1 to ${PAUSE_WHY_CHARS_MAX} characters, for those who ask later`,
      {
        pointer: "/why",
      },
    );
}

const nounOf = (what: Pause["what"]): string => (what === "all" ? "everything" : what);
const objectOf = ({ what, name }: Paused): string => (what === "all" ? "everything" : `${what}/${name}`);
