/** One file as it comes in: gathered into chunks up to the window, taken by the writer, acknowledged as they are taken. */
import { CoevalError } from "@coeval/core/errors";
import { FILE_WINDOW_BYTES_MAX } from "@coeval/contract/wire/transfer";

export interface Incoming {
  /** Copies it. @throws CoevalError `protocol` when the sender overruns the window. */
  push(content: Uint8Array): void;
  /** The sender has sent all; its digest. */
  end(sha256: string): void;
  /** Makes the reader reject. */
  fail(cause: unknown): void;
  /** What came, in order, each chunk good until the next is asked for; ends after `end`. */
  content(): AsyncGenerator<Uint8Array>;
  /** The sender's digest, once ended. */
  sha256(): string | null;
}

/** A chunk at most. */
const CHUNK_BYTES = 128 * 1024;
/** The sender hears of so much at once: while it waits for room it has more than that under way. */
const TOOK_BYTES = FILE_WINDOW_BYTES_MAX / 4;

/**
 * @param took called when so many bytes more have been taken: they may be replaced by new ones.
 * @param lengthBytes how much the sender says will come: what is small takes little memory.
 */
export function createIncoming(took: (bytes: number) => Promise<void>, lengthBytes: number): Incoming {
  const chunks = createChunks(Math.min(CHUNK_BYTES, Math.max(1, lengthBytes)));
  let heldBytes = 0;
  let untoldBytes = 0;
  let ended: string | null = null;
  let failed: { cause: unknown } | null = null;
  let wake = Promise.withResolvers<void>();
  const stir = (): void => {
    wake.resolve();
    wake = Promise.withResolvers<void>();
  };
  return {
    push(content) {
      heldBytes += content.length;
      if (ended !== null || heldBytes > FILE_WINDOW_BYTES_MAX) {
        throw new CoevalError("protocol", "more content than the window allows");
      }
      chunks.put(content);
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
        const chunk = chunks.take();
        if (chunk) {
          yield chunk;
          heldBytes -= chunk.length;
          untoldBytes += chunk.length;
          chunks.release(chunk);
          if (untoldBytes < TOOK_BYTES) continue;
          const bytes = untoldBytes;
          untoldBytes = 0;
          await took(bytes);
        } else if (ended !== null) return;
        else await wake.promise;
      }
    },
    sha256: () => ended,
  };
}

/** Bytes gathered into chunks whose memory is filled again and again: the network's own is not ours to hold. */
function createChunks(chunkBytes: number) {
  const full: Uint8Array<ArrayBuffer>[] = [];
  const spare: Uint8Array<ArrayBuffer>[] = [];
  let filling: Uint8Array<ArrayBuffer> | null = null;
  let used = 0;
  return {
    put(content: Uint8Array): void {
      for (let from = 0; from < content.length; ) {
        filling ??= spare.pop() ?? new Uint8Array(chunkBytes);
        const some = content.subarray(from, from + chunkBytes - used);
        filling.set(some, used);
        used += some.length;
        from += some.length;
        if (used < chunkBytes) continue;
        full.push(filling);
        filling = null;
        used = 0;
      }
    },
    /** The oldest bytes, or null. */
    take(): Uint8Array<ArrayBuffer> | null {
      const first = full.shift() ?? null;
      if (first !== null || filling === null) return first;
      const chunk = filling.subarray(0, used);
      filling = null;
      used = 0;
      return chunk;
    },
    release: ({ buffer }: Uint8Array<ArrayBuffer>): void => void spare.push(new Uint8Array(buffer)),
  };
}
