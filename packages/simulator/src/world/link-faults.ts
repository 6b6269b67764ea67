/** What can happen to messages on the links between agents and control device: loss, repetition, delay, replay. */
import { frameDecoder } from "@coeval/contract/wire/frame";
import type { Seed } from "./seed.ts";

/** Probabilities, per message. */
export interface LinkFaultRates {
  readonly lost: number;
  readonly repeated: number;
  readonly late: number;
  /** An instruction comes again, long after it was sent: on another stream, maybe to an agent that has restarted since. */
  readonly replayed: number;
}

export const NO_LINK_FAULTS: LinkFaultRates = { lost: 0, repeated: 0, late: 0, replayed: 0 };

/** Ms by which a late or repeated message comes after the others. */
const LATE_MS_MAX = 3000;
const REPLAY_MS = { least: 5_000, most: 120_000 } as const;

/** Deliveries of one message: in order after the latency, or past the order after so many ms more. */
export type Delivery =
  | { readonly kind: "in-order" }
  | { readonly kind: "slip"; readonly ms: number }
  | { readonly kind: "replay"; readonly ms: number };

export function deliveriesOf(rates: LinkFaultRates, bytes: Uint8Array, seed: Seed): Delivery[] {
  const draw = seed.fraction();
  const slip = (): Delivery => ({ kind: "slip", ms: seed.between(0, LATE_MS_MAX) });
  const replay: Delivery[] =
    rates.replayed > 0 && seed.chance(rates.replayed) && isInstruction(bytes)
      ? [{ kind: "replay", ms: seed.between(REPLAY_MS.least, REPLAY_MS.most) }]
      : [];
  if (draw < rates.lost) return replay;
  if (draw < rates.lost + rates.repeated) return [{ kind: "in-order" }, slip(), ...replay];
  if (draw < rates.lost + rates.repeated + rates.late) return [slip(), ...replay];
  return [{ kind: "in-order" }, ...replay];
}

function isInstruction(bytes: Uint8Array): boolean {
  const [frame] = frameDecoder().push(bytes);
  return frame?.kind === "json" && (frame.value as { say?: unknown } | null)?.say === "instruct";
}
