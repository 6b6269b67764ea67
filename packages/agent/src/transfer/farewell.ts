/** The last word on a transfer that is refused or has failed: the peer learns why, if it still listens. */
import type { Failure } from "@coeval/core/errors";
import type { Clock } from "@coeval/core/ports/clock";
import type { Channel } from "@coeval/contract/wire/channel";
import type { TransferMessage } from "@coeval/contract/wire/transfer";

/** A peer that takes nothing in any more is not waited for. */
const FAREWELL_MS_MAX = 5000;

/** Says `closed` and closes the stream, at the latest after FAREWELL_MS_MAX. Never rejects. */
export async function farewell(clock: Clock, channel: Channel, failure: Failure): Promise<void> {
  const said = new AbortController();
  void clock.sleep(FAREWELL_MS_MAX, said.signal).then(
    () => channel.close("the peer takes nothing in"),
    () => undefined,
  );
  // A stream that is broken already has nobody at the other end to tell.
  await channel.send({ say: "closed", failure } satisfies TransferMessage).catch(() => undefined);
  said.abort("said");
  channel.close(failure.message);
}
