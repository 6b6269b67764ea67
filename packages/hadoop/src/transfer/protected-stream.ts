/** Byte streams over which every byte is protected: by SASL's own layer in messages with their length before them, or
 * by AES in counter mode. Source: SaslInputStream, SaslOutputStream, CryptoInputStream of Hadoop 3.4.2. */
import type { CipherStream } from "../sasl/cryptography.ts";
import type { SaslClient } from "../sasl/mechanism.ts";
import { SaslError } from "../sasl/sasl-error.ts";
import type { ByteStream } from "../world.ts";
import { createByteInput } from "./byte-input.ts";

const LENGTH_BYTES = 4;
/** Of a message that comes: Java's layer sends 64 KiB at most. */
export const PROTECTED_BYTES_MAX = 16 * 1024 * 1024;

/** Integrity or privacy as the handshake agreed. */
export function saslStream(stream: ByteStream, client: SaslClient): ByteStream {
  let sawEnd = false;
  const input = createByteInput({
    async read() {
      const bytes = await stream.read();
      sawEnd = bytes === null;
      return bytes;
    },
  });
  const message = async (): Promise<Uint8Array | null> => {
    try {
      if (input.buffered() < LENGTH_BYTES) await input.need(LENGTH_BYTES);
    } catch (error) {
      // An orderly end between two messages.
      if (sawEnd && input.buffered() === 0) return null;
      throw error;
    }
    const head = input.take(LENGTH_BYTES);
    const length = new DataView(head.buffer, head.byteOffset, LENGTH_BYTES).getUint32(0);
    if (length > PROTECTED_BYTES_MAX)
      throw new SaslError("tampered", `a protected message of ${length} bytes`);
    if (input.buffered() < length) await input.need(length);
    return client.unwrap(input.take(length));
  };
  return {
    async read() {
      for (;;) {
        const bytes = await message();
        if (bytes === null || bytes.length > 0) return bytes;
      }
    },
    async write(...pieces) {
      const frames = parts(pieces, client.wrapBytesMax).flatMap((part) => framed(client.wrap(part)));
      await stream.write(...frames);
    },
    close() {
      stream.close();
      client.dispose();
    },
  };
}

/** Privacy without proof that nothing was changed, as the protocol has it; the checksums of the data lie within. */
export function aesStream(stream: ByteStream, sending: CipherStream, receiving: CipherStream): ByteStream {
  return {
    async read() {
      const bytes = await stream.read();
      return bytes === null ? null : receiving.update(bytes);
    },
    write: (...pieces) => stream.write(...pieces.map((piece) => sending.update(piece))),
    close: () => stream.close(),
  };
}

function framed(bytes: Uint8Array): Uint8Array[] {
  const head = new Uint8Array(LENGTH_BYTES);
  new DataView(head.buffer).setUint32(0, bytes.length);
  return [head, bytes];
}

/** The same bytes, no part longer than `bytesMax`. */
function parts(pieces: readonly Uint8Array[], bytesMax: number): Uint8Array[] {
  const cut: Uint8Array[] = [];
  for (const piece of pieces) {
    for (let from = 0; from < piece.length; from += bytesMax) cut.push(piece.subarray(from, from + bytesMax));
  }
  return cut;
}
