/** Messages preceded by their length as a protobuf varint, as data transfer frames its operations and answers.
 * The length is bounded before anything is waited for. */
import type { ByteInput } from "./byte-input.ts";
import { TransferFault } from "./fault.ts";

/** A varint of 32 bits has at most so many bytes. */
const LENGTH_BYTES_MAX = 5;

/** The next message's bytes; a longer one than `bytesMax` is a {@link TransferFault} `malformed`. */
export async function readDelimited(input: ByteInput, bytesMax: number): Promise<Uint8Array> {
  let length = 0;
  let prefixBytes = 0;
  for (let more = true; more; prefixBytes++) {
    if (prefixBytes === LENGTH_BYTES_MAX) throw new TransferFault("malformed", "a length that does not end");
    if (input.buffered() <= prefixBytes) await input.need(prefixBytes + 1);
    const byte = input.peek(prefixBytes);
    length += (byte & 0x7f) * 2 ** (7 * prefixBytes);
    more = byte >= 0x80;
  }
  if (length > bytesMax) {
    throw new TransferFault("malformed", `a message of ${length} bytes, more than the ${bytesMax} allowed`);
  }
  if (input.buffered() < prefixBytes + length) await input.need(prefixBytes + length);
  input.take(prefixBytes);
  return input.take(length);
}

/** `head`, then the message with its length before it, in one piece. */
export function delimited(message: Uint8Array, head: Uint8Array = NOTHING): Uint8Array {
  const prefix: number[] = [];
  let rest = message.length;
  for (; rest >= 0x80; rest >>>= 7) prefix.push((rest & 0x7f) | 0x80);
  prefix.push(rest);
  const whole = new Uint8Array(head.length + prefix.length + message.length);
  whole.set(head);
  whole.set(prefix, head.length);
  whole.set(message, head.length + prefix.length);
  return whole;
}

const NOTHING = new Uint8Array();
