/** Frames of a transfer as checked messages. */
import { CoevalError } from "@coeval/core/errors";
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
