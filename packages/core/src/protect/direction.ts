/**
 * The direction of a transfer: who listens, who dials, and what each is told to do. Push and pull differ in nothing else.
 * Whoever listens is instructed first and tells its address; whoever dials is given it.
 */
import type { Policy } from "../model/policy.ts";
import type { Side } from "./instruction.ts";

/** `push`: the source's agent dials and sends. `pull`: the target's agent dials and fetches. */
export type Direction = Policy["direction"];

/** The steps of a transfer: two a direction, one an end. */
export type TransferStep = "receive-snapshots" | "send-snapshots" | "serve-snapshots" | "replicate-snapshots";

/** One end of a transfer, and the step that it is instructed with. */
export interface TransferEnd<Name extends TransferStep = TransferStep> {
  readonly side: Side;
  readonly step: Name;
}

/** The ends of each direction. */
export const DIRECTIONS = {
  push: {
    listens: { side: "target", step: "receive-snapshots" },
    dials: { side: "source", step: "send-snapshots" },
  },
  pull: {
    listens: { side: "source", step: "serve-snapshots" },
    dials: { side: "target", step: "replicate-snapshots" },
  },
} as const satisfies Readonly<Record<Direction, Readonly<Record<"listens" | "dials", TransferEnd>>>>;

/** The direction whose transfer has this step. */
export function directionOf(step: TransferStep): Direction {
  return step === "receive-snapshots" || step === "send-snapshots" ? "push" : "pull";
}
