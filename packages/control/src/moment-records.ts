/** What becomes of a policy's moments that no run takes: stored, told to live views, logged. */
import type { Failure } from "@coeval/core/errors";
import { formatInstant, type Instant } from "@coeval/core/model/instant";
import type { Pause } from "@coeval/core/model/pause";
import type { World } from "@coeval/core/ports/world";
import { momentAdd } from "@coeval/store/control/moment-add";
import { schedulePut } from "@coeval/store/control/schedule-put";
import type { Records } from "./records.ts";

export interface Untaken {
  readonly fate: "missed" | "paused";
  /** Oldest first, at least one. */
  readonly moments: readonly Instant[];
  /** Further ones after those: counted only. */
  readonly more: number;
  readonly cause: Failure;
}

/** Of moments that had passed before anything could be done about them. */
export const UNARMED: Failure = {
  code: "moment-unarmed",
  message:
    "the control device was not running, was held up, or had not read the clock when the moment was to be armed",
  evidence: [],
};

/** Why a moment was held back. */
export function whilePaused({ what, name, until, why }: Pause): Failure {
  const held = what === "all" ? "every service" : `${what} ${name}`;
  const end = until === null ? "until it is resumed" : `until ${formatInstant(until)}`;
  return { code: "paused", message: `${held} is paused ${end}: ${why}`, evidence: [] };
}

/** @param last how far the policy is answered by it; default its last moment named. */
export async function tellMoments(
  world: World,
  records: Records,
  service: string,
  { fate, moments, more, cause }: Untaken,
  last: Instant = moments.at(-1) as Instant,
): Promise<void> {
  await records.write(async (tx) => {
    await schedulePut(tx.trx, service, last);
    const rows = moments.map((moment, index) => ({
      moment,
      fate,
      run: null,
      cause,
      at: tx.now,
      more: index === moments.length - 1 ? more : 0,
    }));
    await momentAdd(tx.trx, service, rows);
    const named = moments.map(formatInstant);
    await tx.event("service", `service/${service}`, { [fate]: named[0], count: moments.length + more });
  });
  const count = moments.length + more;
  const details = { service, first: formatInstant(moments[0] as Instant), count, cause: cause.message };
  if (fate === "missed") world.log.warn("moments-missed", details);
  else world.log.info("moments-paused", details);
}
