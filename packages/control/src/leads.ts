/**
 * How long before a moment a service's run must begin. The target proves its holding directory first, which takes as long as its
 * tree is large: what the last runs took is what the next one is given. Forgotten at a restart, then learnt anew.
 */
import type { World } from "@coeval/core/ports/world";
import { LEAD_MS } from "@coeval/core/protect/moment";
import { OPENING_MS_MAX, type Run } from "@coeval/core/protect/run";

/** For a service of which nothing was seen yet: its holding directory may have to be made, over cold connections. */
export const FIRST_LEAD_MS = 3 * LEAD_MS;
/** Room on top of what the last opening took. */
const ROOM = 1.5;

export interface Leads {
  /** Ms, from LEAD_MS to OPENING_MS_MAX. */
  of(service: string): number;
  /** Looks at every change of a run. */
  note(before: Run | null, run: Run): void;
}

export function createLeads({ clock }: World): Leads {
  const begun = new Map<string, number>();
  const leads = new Map<string, number>();
  return {
    of: (service) => leads.get(service) ?? FIRST_LEAD_MS,
    note(before, run) {
      if (!before) begun.set(run.id, clock.elapsedMs());
      const since = begun.get(run.id);
      if (since === undefined || run.phase === "opening" || run.phase === "arming") return;
      begun.delete(run.id);
      // A run that never opened tells how long it was tried, unless it was for another reason than time.
      if (run.phase === "giving-up" && run.cause?.code !== "moment-too-near") return;
      const tookMs = clock.elapsedMs() - since;
      leads.set(run.service.name, Math.min(OPENING_MS_MAX, LEAD_MS + tookMs * ROOM));
    },
  };
}
