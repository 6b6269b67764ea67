/** Frames of a transfer as checked messages. */
import { CoevalError, type Failure } from "@coeval/core/errors";
import type { Channel } from "@coeval/contract/wire/channel";
import type { Frame } from "@coeval/contract/wire/frame";
import { type TransferMessage, transferMessage } from "@coeval/contract/wire/transfer";

/** @throws CoevalError `protocol` for a bytes frame, or JSON that is no message of a transfer, naming the place. */
export function parseMessage(frame: Frame): TransferMessage {
  if (frame.kind !== "json") throw new CoevalError("protocol", "content came where a message was expected");
  const parsed = transferMessage.safeParse(frame.value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new CoevalError("protocol", `no message of a transfer: ${issue?.path.join(".")}: ${issue?.message}`);
}

/**
 * The next message, which must be one of those that are due.
 * @throws CoevalError `unreachable` at the stream's end, `protocol` for another message, the peer's own failure when it says `closed`.
 */
export async function hear<Due extends TransferMessage["say"]>(
  channel: Channel,
  ...due: readonly Due[]
): Promise<Due> {
  return (await hearMessage(channel, ...due)).say;
}

/** The same, whole. */
export async function hearMessage<Due extends TransferMessage["say"]>(
  channel: Channel,
  ...due: readonly Due[]
): Promise<Extract<TransferMessage, { say: Due }>> {
  const message = parseMessage(await nextFrame(channel));
  if (due.some((say) => say === message.say)) return message as Extract<TransferMessage, { say: Due }>;
  if (message.say === "closed") throw lastWord(message.failure);
  throw new CoevalError("protocol", `\`${message.say}\` came where \`${due.join("` or `")}\` is due`);
}

/** @throws CoevalError `unreachable` at the stream's end. */
export async function nextFrame(channel: Channel): Promise<Frame> {
  const frame = await channel.receive();
  if (!frame) throw new CoevalError("unreachable", "the peer ended the transfer");
  return frame;
}

/** What the peer said at its end, as the failure that it is. */
export function lastWord(failure: Failure): CoevalError {
  return new CoevalError(failure.code, failure.message, failure);
}
