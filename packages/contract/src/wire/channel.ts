/** A stream spoken in frames: messages out in order, frames in one by one, the peer's identity kept. */
import { CoevalError } from "@coeval/core/errors";
import type { Peer, Stream } from "@coeval/core/ports/network";
import {
  bytesFrameBytes,
  CONTENT_BYTES_MAX,
  encodeBytes,
  encodeJson,
  type Frame,
  frameDecoder,
} from "./frame.ts";

export interface Channel {
  readonly peer: Peer;
  /** Resolves when the stream has taken it and has room for more. */
  send(message: unknown): Promise<void>;
  /** All the pieces in one frame, CONTENT_BYTES_MAX together at most. They are copied before this returns, and may be changed then. */
  sendBytes(channel: number, ...pieces: readonly Uint8Array[]): Promise<void>;
  /** The next message, or the next part of content as it came, good until the next is asked for; or null at the orderly end. @throws CoevalError `protocol` for bytes that are no frame or end within one. */
  receive(): Promise<Frame | null>;
  close(reason: string): void;
}

/** Buffers of full frames that are kept to be filled again: content flows without new memory. */
const SPARE_FRAMES_MAX = 4;
const FULL_FRAME_BYTES = bytesFrameBytes(CONTENT_BYTES_MAX);

/** Speaks frames on a stream. Writes are queued in call order; each waits for the one before. */
export function channelOn(stream: Stream): Channel {
  const decoder = frameDecoder();
  let frames: Frame[] = [];
  let next = 0;
  let writing: Promise<void> = Promise.resolve();

  const spare: Uint8Array[] = [];

  const write = (bytes: Uint8Array, sent?: () => void): Promise<void> => {
    const mine = writing.then(() => stream.write(bytes, sent));
    writing = mine.catch(() => undefined);
    return mine;
  };
  const writeContent = (channel: number, pieces: readonly Uint8Array[]): Promise<void> => {
    const bytes = bytesFrameBytes(pieces.reduce((sum, piece) => sum + piece.length, 0));
    if (bytes !== FULL_FRAME_BYTES) return write(encodeBytes(new Uint8Array(bytes), channel, pieces));
    const buffer = spare.pop() ?? new Uint8Array(FULL_FRAME_BYTES);
    return write(encodeBytes(buffer, channel, pieces), () => {
      if (spare.length < SPARE_FRAMES_MAX) spare.push(buffer);
    });
  };

  return {
    peer: stream.peer,
    send: (message) => write(encodeJson(message)),
    sendBytes: async (channel, ...pieces) => writeContent(channel, pieces),
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
