/** Frames on their way out: what gathers in one turn of the event loop leaves in one write. */
import type { ByteStream } from "../world.ts";

/** See the top of this file. */
export interface Outbox {
  /** Takes the frame; in order. What the caller may still send is bounded by the calls that may be under way. */
  send(frame: Uint8Array): void;
}

/** `failed` is told once, when the stream takes no more. */
export function createOutbox(stream: ByteStream, failed: (error: unknown) => void): Outbox {
  let frames: Uint8Array[] = [];
  let sending = false;

  const flush = async (): Promise<void> => {
    // The callers of this turn still have to come.
    await Promise.resolve();
    while (frames.length > 0) {
      const batch = frames;
      frames = [];
      await stream.write(...batch);
    }
    sending = false;
  };

  return {
    send(frame) {
      frames.push(frame);
      if (sending) return;
      sending = true;
      flush().catch(failed);
    },
  };
}
