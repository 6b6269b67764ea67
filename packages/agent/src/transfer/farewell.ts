/** The last word on a transfer that is refused or has failed: the peer learns why, if it still listens. */
import { CoevalError, type Failure, toFailure } from "@coeval/core/errors";
import type { Clock } from "@coeval/core/ports/clock";
import type { Channel } from "@coeval/contract/wire/channel";
import type { TransferMessage } from "@coeval/contract/wire/transfer";

/** A peer that takes nothing in any more is not waited for. */
const FAREWELL_MS_MAX = 5000;
/** A stream that broke may still hold the peer's last word; so long it is waited for. */
export const LAST_WORD_MS_MAX = 1000;

/** Says `closed` and closes the stream, at the latest after FAREWELL_MS_MAX. Never rejects. */
export async function farewell(clock: Clock, channel: Channel, cause: unknown): Promise<void> {
  const failure = told(cause);
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

/** Does the work on a stream; when it fails, the peer is told why before this rejects. */
export async function parting<T>(clock: Clock, channel: Channel, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    await farewell(clock, channel, thrown);
    throw thrown;
  }
}

/** The stream is gone: why it really ended may have been said at its end, by the peer. */
export function isBreak(cause: unknown): boolean {
  return cause instanceof CoevalError && cause.code === "unreachable";
}

/** A defect's text is ours to read, not the peer's: it is in the log. */
function told(cause: unknown): Failure {
  const failure = toFailure(cause);
  return failure.code === "defect" ? { ...failure, message: "the peer met a defect; see its log" } : failure;
}
