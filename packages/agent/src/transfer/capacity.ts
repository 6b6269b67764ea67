/** What all transfers of one agent share: its slots, and its throttle when its limits name one. */
import type { Clock } from "@coeval/core/ports/clock";
import { formatBandwidth } from "@coeval/contract/api/bandwidth";
import type { Channel } from "@coeval/contract/wire/channel";
import type { StepContext } from "../context.ts";
import type { Limits } from "../limits.ts";
import { standingStill } from "../progress.ts";
import { createThrottle, type Throttle, slowest } from "./throttle.ts";
import { throttledChannel } from "./throttled.ts";
import { createSlots, type Slots, TRANSFERS_MAX_DEFAULT } from "./slots.ts";
import type { Receives, Sends } from "./work.ts";

export interface Capacity {
  readonly slots: Slots;
  readonly throttle: Throttle | null;
}

export function createCapacity(
  clock: Clock,
  { bytesPerSecond, transfersMax }: Pick<Limits, "bytesPerSecond" | "transfersMax">,
): Capacity {
  return {
    slots: createSlots(transfersMax ?? TRANSFERS_MAX_DEFAULT),
    throttle: bytesPerSecond === undefined ? null : createThrottle(clock, bytesPerSecond),
  };
}

/** One end of a transfer under its throttles: the source's keeps the policy's, each keeps its own agent's. */
export interface Share {
  readonly over: (channel: Channel) => Channel;
  /** What is being done, with the throttle that it is kept to. */
  readonly doing: (what: string) => string;
  /** Resolves, once this agent has a slot for the transfer, with the function that gives it back. */
  readonly slot: (cancel: AbortSignal) => Promise<() => void>;
}

/**
 * Who sends takes a slot before it tells its plan, who receives one after it has heard the plan: in this order everywhere, so no two
 * transfers ever wait for each other.
 */
export function shareOf(context: StepContext<Sends | Receives>): Share {
  const { world, capacity, instruction } = context;
  const { share, step } = instruction.order;
  const { bytesPerSecond } = share;
  const throttles: Throttle[] = capacity.throttle === null ? [] : [capacity.throttle];
  const sends = step === "send-snapshots" || step === "serve-snapshots";
  if (sends && bytesPerSecond !== null) throttles.push(createThrottle(world.clock, bytesPerSecond));
  // Both ends tell the policy's throttle, though the source's alone keeps it.
  const told = [slowest(throttles), bytesPerSecond].filter((one) => one !== null);
  const most = told.length === 0 ? null : Math.min(...told);
  return {
    over: (channel) => throttledChannel(channel, throttles),
    doing: (what) => (most === null ? what : `${what} at ${formatBandwidth(most)} at most`),
    slot: (cancel) => takeSlot(context, cancel),
  };
}

/** While it waits it says so again and again: a transfer that waits is no transfer that stalls. */
async function takeSlot(
  { world, capacity, instruction, report }: Sharing,
  cancel: AbortSignal,
): Promise<() => void> {
  const { share } = instruction.order;
  let ahead: number | null = null;
  const got = new AbortController();
  const tell = (): void => {
    if (ahead === null) return;
    report(standingStill(`waiting: ${ahead} transfers of ${instruction.cluster}'s agent go first`));
  };
  const telling = async (): Promise<void> => {
    for (;;) {
      await world.clock.sleep(WAITING_TOLD_EVERY_MS, got.signal);
      tell();
    }
  };
  void telling().catch(() => undefined);
  try {
    return await capacity.slots.take(share, cancel, (now) => {
      ahead = now;
      tell();
    });
  } finally {
    got.abort("got");
  }
}

/** Well below the time after which a run without progress is given up. */
const WAITING_TOLD_EVERY_MS = 10_000;

type Sharing = StepContext<Sends | Receives>;
