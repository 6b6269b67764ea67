/** The moments of a service's policy: what became of those that were, and which come next. */
import { CoevalError } from "@coeval/core/errors";
import type { Service } from "@coeval/core/model/service";
import type { Calendar } from "@coeval/core/ports/calendar";
import type { World } from "@coeval/core/ports/world";
import { type Previewed, preview } from "@coeval/core/protect/preview";
import { momentList } from "@coeval/store/control/moment-list";
import type { StoredMoment } from "@coeval/store/control/moment-row";
import { serviceGet } from "@coeval/store/control/service-get";
import type { ControlQueries } from "@coeval/store/control/tables";
import { cursorNumber, limitOf, type Page, type PageRequest } from "./call.ts";

export interface Moments {
  /** The newest first. @throws CoevalError `not-found`, `bad-input` (page). */
  list(service: string, request: PageRequest): Promise<Page<StoredMoment>>;
  /** From now on, those in a blackout too. @throws CoevalError `not-found`. */
  next(service: string, count: number): Promise<Previewed[]>;
}

export function createMoments(
  { clock }: World,
  { db, calendar }: { readonly db: ControlQueries; readonly calendar: Calendar },
): Moments {
  async function existing(name: string): Promise<Service> {
    const stored = await serviceGet(db, name);
    if (stored && stored.deletedAt === null) return stored.service;
    throw new CoevalError("not-found", `there is no service '${name}'`);
  }

  return {
    async list(service, request) {
      await existing(service);
      const limit = limitOf(request);
      const items = await momentList(db, service, cursorNumber(request), limit);
      const last = items.at(-1);
      return { items, next: last && items.length === limit ? String(last.number) : null };
    },
    async next(name, count) {
      const { policy } = await existing(name);
      return preview(policy, clock.nowMs(), count, calendar);
    },
  };
}
