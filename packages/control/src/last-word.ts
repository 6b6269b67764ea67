/** The last thing said on a connection: sent, then a moment for the other end to read it, then the end. */
import type { Channel } from "@coeval/contract/wire/channel";
import type { FromControl } from "@coeval/contract/wire/link";
import type { Failure } from "@coeval/core/errors";
import type { World } from "@coeval/core/ports/world";
import { withinMs } from "./time-limit.ts";

/** How long the other end has to read why it was refused, and to close. */
export const LINGER_MS = 1000;

/** @param gone resolves when the other end has closed. Never rejects; the channel is closed afterwards. */
export async function lastWord(
  world: World,
  channel: Channel,
  message: FromControl,
  gone: () => Promise<void>,
): Promise<void> {
  await withinMs(
    world.clock,
    LINGER_MS,
    channel.send(message).then(gone, () => undefined),
  );
  channel.close("the last word was said");
}

/** The message that ends a link. `final`: the agent must not come back with this certificate. */
export function refusal(failure: Failure, final: boolean): FromControl {
  return { say: "refused", failure: { ...failure, evidence: [...failure.evidence] }, final };
}

/** Reads until the other end closes; what comes is not looked at. */
export async function drain(channel: Channel): Promise<void> {
  try {
    while ((await channel.receive()) !== null);
  } catch {
    // The other end is gone, which is what was waited for.
  }
}
