/** A transfer's channel under throttles: content and changes that go out, or content that comes in, wait for their time. Short messages do not. */
import { CoevalError } from "@coeval/core/errors";
import { joinBytes } from "@coeval/core/model/bytes";
import type { Channel } from "@coeval/contract/wire/channel";
import { CONTENT_BYTES_MAX, type Frame } from "@coeval/contract/wire/frame";
import type { TransferMessage } from "@coeval/contract/wire/transfer";
import { type Throttle, slowest } from "./throttle.ts";

/** Content is cut so that a part takes about so long: a slow transfer goes evenly, and shows that it goes on. */
const PART_MS = 250;
const PART_BYTES_MIN = 4096;

/** The same channel, no faster than each of the throttles. What waits is let go when the stream ends. */
export function throttledChannel(channel: Channel, throttles: readonly Throttle[]): Channel {
  const bytesPerSecond = slowest(throttles);
  if (bytesPerSecond === null) return channel;
  const over = new AbortController();
  const end = (): void => over.abort(new CoevalError("unreachable", "the stream has ended"));
  const partBytesMax = Math.floor(
    Math.min(CONTENT_BYTES_MAX, Math.max(PART_BYTES_MIN, (bytesPerSecond * PART_MS) / 1000)),
  );
  const take = async (bytes: number): Promise<void> => {
    await Promise.all(throttles.map((throttle) => throttle.take(bytes, over.signal)));
  };
  const receive = async (): Promise<Frame | null> => {
    try {
      const frame = await channel.receive();
      if (frame?.kind === "bytes") await take(frame.content.length);
      if (!frame) end();
      return frame;
    } catch (thrown) {
      end();
      throw thrown;
    }
  };
  return {
    peer: channel.peer,
    async send(message) {
      const { say } = message as TransferMessage;
      if (say === "changes") await take(JSON.stringify(message).length);
      await channel.send(message);
    },
    async sendBytes(number, ...pieces) {
      const [only] = pieces;
      const content = only !== undefined && pieces.length === 1 ? only : joinBytes(pieces);
      for (let from = 0; from < content.length; from += partBytesMax) {
        const part = content.subarray(from, from + partBytesMax);
        await take(part.length);
        await channel.sendBytes(number, part);
      }
    },
    receive,
    close(reason) {
      end();
      channel.close(reason);
    },
  };
}
