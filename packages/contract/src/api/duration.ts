/** Durations as people write them: a number and one unit, as `500ms`, `2s`, `1.5m`, `24h`, `7d`. */

const PATTERN = /^(\d{1,12}(?:\.\d{1,3})?)(ms|s|m|h|d)$/;
const UNITS_MS = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000, ms: 1 } as const;

/** The duration in whole ms, or null for a text that is none or holds a fraction of a ms. */
export function parseDuration(text: string): number | null {
  const match = PATTERN.exec(text);
  if (!match) return null;
  const ms = Number(match[1]) * UNITS_MS[match[2] as keyof typeof UNITS_MS];
  return Number.isSafeInteger(ms) ? ms : null;
}

/** The shortest text with a whole number that `parseDuration` reads back as the same, e.g. 90,000 → `90s`. */
export function formatDuration(ms: number): string {
  for (const [unit, unitMs] of Object.entries(UNITS_MS))
    if (ms >= unitMs && ms % unitMs === 0) return `${ms / unitMs}${unit}`;
  return `${ms}ms`;
}
