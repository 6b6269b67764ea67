/** Policy: when a service's next moment is due. The instant that the user entered *is* the moment; it is armed `lead` before. */
import type { Instant } from "../model/instant.ts";

export type Due =
  | { readonly kind: "arm"; readonly moment: Instant }
  | { readonly kind: "wait"; readonly until: Instant }
  /** Moments that could not be armed any more, oldest first: told, never merged in silence. */
  | { readonly kind: "missed"; readonly moments: readonly Instant[] }
  | { readonly kind: "none" };

/** Moments told at once at most. */
export const MISSED_MAX = 1000;

/**
 * What to do about the moments entered, now.
 * @param moments ascending.
 * @param last the last moment that was armed or told as missed, or null.
 * @param leadMs how long before its moment a run is begun.
 */
export function due(moments: readonly Instant[], last: Instant | null, now: Instant, leadMs: number): Due {
  const open = moments.filter((moment) => last === null || moment > last);
  const missed = open.filter((moment) => moment <= now);
  if (missed.length > 0) return { kind: "missed", moments: missed.slice(0, MISSED_MAX) };
  const next = open[0];
  if (next === undefined) return { kind: "none" };
  return next - leadMs <= now ? { kind: "arm", moment: next } : { kind: "wait", until: next - leadMs };
}
