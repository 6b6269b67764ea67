/** The catalogue's failures of the shared clock. */
import { type CatalogueEntry, entry } from "./entry.ts";

/** code → entry; part of the whole catalogue. */
export const clockErrors = {
  "clock-off": entry(
    409,
    "later",
    "An agent's reading of the clock source surely differs from the control device's: they do not ask the same clock.",
    "`coeval cluster get NAME` shows which server each of them asks; give the agent the same one, or no `--clock` at all.",
  ),
  "clock-source": entry(
    502,
    "later",
    "The NTP server that is the clock source gave no time.",
    "See that the server runs, is synchronised, and lets this machine ask it: UDP, port 123 unless said otherwise.",
  ),
  "clock-unproven": entry(
    409,
    "later",
    "The clock's error bound is larger than the policy's tolerance allows.",
    "`coeval status` shows offsets and bounds; wait for a better reading, or mend the link.",
  ),
} as const satisfies Record<string, CatalogueEntry>;
