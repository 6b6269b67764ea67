/** One connection to a DataNode, as the operations use it: bytes in and out, every wait bounded, every failure told
 * as a TransferFault. */
import { SaslError } from "../sasl/sasl-error.ts";
import { type ByteStream, streamFailureKind } from "../world.ts";
import { type ByteInput, createByteInput, EndOfStream } from "./byte-input.ts";
import { TransferFault } from "./fault.ts";
import type { Watchdog } from "./watchdog.ts";

export interface Peer {
  readonly input: ByteInput;
  /** Resolves when there is room for more. */
  write(...pieces: readonly Uint8Array[]): Promise<void>;
  /** Bytes that may wait for the next write, to go with it: a system call less, and the DataNode is woken once. */
  owe(bytes: Uint8Array): void;
  /** Ends the connection; waits under way fail with `reason`, or as `lost`. Safe to call twice. */
  close(reason?: unknown): void;
}

/** `silenceMsMax`: the longest the DataNode may keep us waiting, for bytes or for room, with nothing moving. */
export function createPeer(stream: ByteStream, watchdog: Watchdog, silenceMsMax: number): Peer {
  let ending: unknown = null;
  let owed: Uint8Array[] = [];
  const close = (reason?: unknown): void => {
    ending ??= reason ?? new TransferFault("lost", "the connection was closed on our side");
    reading.end();
    writing.end();
    stream.close();
  };
  const silent = (): void =>
    close(new TransferFault("silent", `nothing moved for ${Math.round(silenceMsMax / 1000)} s`));
  const reading = watchdog.watch(silenceMsMax, silent);
  const writing = watchdog.watch(silenceMsMax, silent);
  const translated = (error: unknown): unknown => ending ?? faultOf(error);

  const input = createByteInput({
    async read() {
      reading.begin();
      try {
        return await stream.read();
      } catch (error) {
        throw translated(error);
      } finally {
        reading.end();
      }
    },
    giveBack: (bytes) => stream.giveBack?.(bytes),
  });
  return {
    input: { ...input, need: (count) => input.need(count).catch((error) => Promise.reject(faultOf(error))) },
    async write(...pieces) {
      writing.begin();
      try {
        const before = owed;
        owed = [];
        await stream.write(...before, ...pieces);
      } catch (error) {
        throw translated(error);
      } finally {
        writing.end();
      }
    },
    owe(bytes) {
      owed.push(bytes);
    },
    close,
  };
}

/** A stream's failure in this package's words; everything else unchanged. */
export function faultOf(error: unknown): unknown {
  if (error instanceof EndOfStream)
    return new TransferFault("lost", "the DataNode ended the connection", error);
  if (error instanceof SaslError) return new TransferFault("malformed", error.message, error);
  const kind = streamFailureKind(error);
  if (kind === null) return error;
  return new TransferFault(kind === "refused" ? "unreachable" : "lost", (error as Error).message, error);
}
