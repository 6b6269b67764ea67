/** A policy's moments and blackouts in words, one a line. */
import type { ServiceResource } from "@coeval/contract/api/service";

type Policy = ServiceResource["spec"]["policy"];

/** `every 15m`, `0 2 * * * in Europe/Berlin`, `once at …`; without any: by hand. */
export function momentWords({ moments = [] }: Policy): string {
  if (moments.length === 0) return "only by hand";
  return moments
    .map(({ at, every, anchor, cron, zone }) => {
      if (at !== undefined) return `once at ${at}`;
      if (every !== undefined) return `every ${every}${anchor === undefined ? "" : ` from ${anchor}`}`;
      return `${cron} in ${zone}`;
    })
    .join("\n");
}

/** `22:00 to 06:00 in Europe/Berlin, fri sat`. */
export function blackoutWords({ blackout = [] }: Policy): string {
  return blackout
    .map(({ from, to, days, zone }) => `${from} to ${to} in ${zone}${days ? `, ${days.join(" ")}` : ""}`)
    .join("\n");
}
