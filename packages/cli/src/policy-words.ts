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

/** `all but orders/**; of it *.tmp`: what points do not hold. */
export function filterWords({ filters }: Pick<Policy, "filters">): string {
  const { include = [], exclude = [] } = filters ?? {};
  const parts = [include.length === 0 ? "" : `all but ${include.join(", ")}`, exclude.join(", ")];
  return parts.filter((part) => part !== "").join("; of it ");
}
