/**
 * The target's end of a transfer: receive-snapshots is dialled and receives, replicate-snapshots dials and fetches. What comes is
 * staged, hashed, and at the end both ends hold the same manifest.
 */
import { CoevalError } from "@coeval/core/errors";
import type { Result } from "@coeval/core/protect/instruction";
import type { StepContext } from "../context.ts";
import { openedHolding } from "../holding.ts";
import { createMeter } from "../progress.ts";
import { awaitPeer } from "./await-peer.ts";
import { shareOf } from "./capacity.ts";
import { dialPeer } from "./dial-peer.ts";
import { converseAsTarget } from "./receive-session.ts";
import type { Held, Receives, TransferWork } from "./work.ts";

export async function receiveSnapshots(context: StepContext<"receive-snapshots">): Promise<Result> {
  return awaitPeer(context, await receiving(context));
}

export async function replicateSnapshots(context: StepContext<"replicate-snapshots">): Promise<Result> {
  return dialPeer(context, await receiving(context));
}

async function receiving(context: StepContext<Receives>): Promise<TransferWork> {
  const holding = await openedHolding(context, context.instruction);
  const meter = createMeter(context.world.clock, context.report);
  const share = shareOf(context);
  let held = context.note as Held | null;
  return {
    async converse(channel, progressed) {
      held = await converseAsTarget({
        context,
        holding,
        channel: share.over(channel),
        share,
        meter,
        progressed,
        held,
      });
      return held;
    },
    async recall() {
      if (held) return held;
      throw new CoevalError(
        "protocol",
        `${context.instruction.order.peer.cluster} says that all has come; it has not`,
      );
    },
  };
}
