/** Bandwidths as people write them: a number and one unit, as `50MB/s` or `400Mbit/s`; decimal prefixes. */

const PATTERN = /^(\d{1,6}(?:\.\d{1,3})?)([kMGT]?)(B|bit)\/s$/;
const PREFIXES = { T: 1e12, G: 1e9, M: 1e6, k: 1e3, "": 1 } as const;

/** Bytes per second, or null for a text that is none or holds a fraction of a byte. */
export function parseBandwidth(text: string): number | null {
  const match = PATTERN.exec(text);
  if (!match) return null;
  const [, number, prefix, unit] = match;
  const bytes = (Number(number) * PREFIXES[prefix as keyof typeof PREFIXES]) / (unit === "bit" ? 8 : 1);
  return Number.isSafeInteger(bytes) ? bytes : null;
}

/** The text in bytes with the largest unit that stays whole, e.g. 1,500,000 → `1500kB/s`. */
export function formatBandwidth(bytesPerSecond: number): string {
  for (const [prefix, factor] of Object.entries(PREFIXES))
    if (bytesPerSecond >= factor && bytesPerSecond % factor === 0)
      return `${bytesPerSecond / factor}${prefix}B/s`;
  return `${bytesPerSecond}B/s`;
}
