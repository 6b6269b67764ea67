/** Bandwidths as people write them: a number and one unit, as `50MB/s`, `8MiB/s` or `400Mbit/s`. */
import { MAX_BANDWIDTH, MIN_BANDWIDTH } from "@coeval/core/model/policy";
import { z } from "zod";
import { refuse } from "./fields.ts";

const PATTERN = /^(\d{1,13}(?:\.\d{1,3})?)((?:[kMGT]|[KMGT]i)?)(B|bit)\/s$/;
const PREFIXES = {
  T: 1e12,
  Ti: 1024 ** 4,
  G: 1e9,
  Gi: 1024 ** 3,
  M: 1e6,
  Mi: 1024 ** 2,
  k: 1e3,
  Ki: 1024,
  "": 1,
} as const;

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

/** The text of a bandwidth that a transfer may be held to. */
export const bandwidthText = z
  .string()
  .max(20)
  .superRefine((text, context) => {
    const bytes = parseBandwidth(text);
    if (bytes === null)
      refuse(context, "bad-input", `'${text}' is no bandwidth; write it as 50MB/s or 400Mbit/s`);
    else if (bytes < MIN_BANDWIDTH || bytes > MAX_BANDWIDTH)
      refuse(
        context,
        "bad-input",
        `${text} is not between ${MIN_BANDWIDTH} and ${MAX_BANDWIDTH} bytes per second`,
      );
  });
