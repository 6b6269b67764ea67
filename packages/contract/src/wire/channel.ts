/** A stream spoken in frames: messages out in order, frames in one by one, the peer's identity kept. */
import { CoevalError } from "@coeval/core/errors";
import type { Peer, Stream } from "@coeval/core/ports/network";
import { encodeBytes, encodeJson, type Frame, frameDecoder } from "./frame.ts";

export interface Channel {
  readonly peer: Peer;
  /** Resolves when the stream has taken it and has room for more. */
  send(message: unknown): Promise<void>;
  /** All the pieces in one frame, CONTENT_BYTES_MAX together at most. */
  sendBytes(channel: number, ...pieces: readonly Uint8Array[]): Promise<void>;
  /** The next frame, or null at the orderly end. @throws CoevalError `protocol` for bytes that are no frame or end within one. */
  receive(): Promise<Frame | null>;
  close(reason: string): void;
}

/** Speaks frames on a stream. Writes are queued in call order; each waits for the one before. */
export function channelOn(stream: Stream): Channel {
  const decoder = frameDecoder();
  let frames: Frame[] = [];
  let next = 0;
  let writing: Promise<void> = Promise.resolve();

  const write = (bytes: Uint8Array): Promise<void> => {
    const mine = writing.then(() => stream.write(bytes));
    writing = mine.catch(() => undefined);
    return mine;
  };

  return {
    peer: stream.peer,
    send: (message) => write(encodeJson(message)),
    sendBytes: (channel, ...pieces) => write(encodeBytes(channel, ...pieces)),
    async receive() {
      for (;;) {
        const frame = frames[next];
        if (frame) {
          next++;
          return frame;
        }
        const bytes = await stream.read();
        if (bytes === null) {
          if (decoder.unfinished) throw new CoevalError("protocol", "the stream ended within a frame");
          return null;
        }
        frames = decoder.push(bytes);
        next = 0;
      }
    },
    close: (reason) => stream.close(reason),
  };
}
