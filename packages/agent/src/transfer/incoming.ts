/** One file as it comes in: chunks queued up to the window, taken by the writer, acknowledged as they are taken. */
import { CoevalError } from "@coeval/core/errors";
import { FILE_WINDOW_BYTES_MAX } from "@coeval/contract/wire/transfer";

export interface Incoming {
  /** @throws CoevalError `protocol` when the sender overruns the window. */
  push(chunk: Uint8Array): void;
  /** The sender has sent all; its digest. */
  end(sha256: string): void;
  /** Makes the reader reject. */
  fail(cause: unknown): void;
  /** The chunks in order; ends after `end`. */
  content(): AsyncGenerator<Uint8Array>;
  /** The sender's digest, once ended. */
  sha256(): string | null;
}

/** @param took called with the bytes that the reader has taken: they may be replaced by new ones. */
export function createIncoming(took: (bytes: number) => Promise<void>): Incoming {
  const chunks: Uint8Array[] = [];
  let heldBytes = 0;
  let ended: string | null = null;
  let failed: { cause: unknown } | null = null;
  let wake = Promise.withResolvers<void>();
  const stir = (): void => {
    wake.resolve();
    wake = Promise.withResolvers<void>();
  };
  return {
    push(chunk) {
      heldBytes += chunk.length;
      if (ended !== null || (heldBytes > FILE_WINDOW_BYTES_MAX && chunks.length > 0)) {
        throw new CoevalError("protocol", "more content than the window allows");
      }
      // Frames share the network's buffers, which are not ours to hold; a small copy keeps them from being pinned.
      chunks.push(chunk.slice());
      stir();
    },
    end(sha256) {
      ended = sha256;
      stir();
    },
    fail(cause) {
      failed ??= { cause };
      stir();
    },
    async *content() {
      for (;;) {
        if (failed) throw failed.cause;
        const chunk = chunks.shift();
        if (chunk) {
          yield chunk;
          heldBytes -= chunk.length;
          await took(chunk.length);
        } else if (ended !== null) return;
        else await wake.promise;
      }
    },
    sha256: () => ended,
  };
}
