/** A file that is being written: bytes become packets, packets become blocks, and the NameNode is told. Source:
 * DFSOutputStream of Hadoop 3.4.2. */
import type { ExtendedBlockProto, LocatedBlockProto } from "../proto/generated/block_pb.ts";
import { type BlockOrigin, type BlockWriter, createBlockWriter } from "./block-writer.ts";
import type { WriteContext } from "./write-context.ts";
import {
  bufferBytes,
  lastPacket,
  type PacketBuilder,
  packetBuilder,
  type WritePacket,
} from "./write-packet.ts";

/** One caller at a time; each call waits for the one before. All fail with an HdfsError, or the signal's reason. */
export interface FileOutput {
  /** Takes the bytes; waits while too much is on its way. They may be changed once it has resolved. */
  write(bytes: Uint8Array): Promise<void>;
  /** Readers that open the file now see what was written: every DataNode of its block has it in memory. */
  hflush(): Promise<void>;
  /** The same, and the DataNodes have put the present block on disk. */
  hsync(): Promise<void>;
  /** Ends the file, which is then as long as it says. */
  close(): Promise<void>;
  /** Ends the connections at once and leaves the file open. Safe to call twice, and after `close`. */
  abandon(): void;
}

/** Of data in a packet, a multiple of 512. Measured: see the benchmark `client`. */
export const PACKET_DATA_BYTES = 128 * 1024;
/** Buffers kept for further packets. */
export const SPARE_BUFFERS_MAX = 64;

export interface FileOutputOptions {
  /** The last block of a file that is appended to, when it is not full. */
  readonly last: LocatedBlockProto | null;
  /** How much will be written, where that is known: a small file takes a small buffer. */
  readonly bytesExpected?: number | undefined;
  readonly cancel?: AbortSignal | undefined;
}

export function createFileOutput(context: WriteContext, options: FileOutputOptions): FileOutput {
  const { nameNode, file, blockSizeBytes, sums } = context;
  const { cancel } = options;
  const packetBytes = packetSize(context, options);
  const spare: Uint8Array[] = [];
  let writer: BlockWriter | null = null;
  let previous: ExtendedBlockProto | null = null;
  let builder: PacketBuilder | null = null;
  let sequence = 0;
  /** In the block: where the next packet begins. */
  let sentBytes = 0;
  /** The NameNode has not yet been told for certain that the block exists. */
  let unlisted = false;

  const released = ({ buffer }: WritePacket, reusable: boolean): void => {
    const fits = buffer.length === bufferBytes(sums, packetBytes);
    if (reusable && fits && spare.length < SPARE_BUFFERS_MAX) spare.push(buffer);
  };
  const begin = async (origin: BlockOrigin): Promise<BlockWriter> => {
    writer = await createBlockWriter(context, { origin, released, cancel });
    unlisted = true;
    return writer;
  };
  const newBlock: BlockOrigin = {
    kind: "new",
    allocate: (exclude) => nameNode.addBlock(file, previous, { exclude }, cancel),
  };
  const opened = async (): Promise<BlockWriter> => writer ?? begin(newBlock);
  const nextBuilder = (): PacketBuilder => {
    const buffer = spare.pop() ?? new Uint8Array(bufferBytes(sums, packetBytes));
    return packetBuilder(sums, buffer, sentBytes, Math.min(packetBytes, blockSizeBytes - sentBytes));
  };
  /** What has been gathered, as a packet; null when that is nothing. */
  const takePacket = (sync: boolean): WritePacket | null => {
    if (builder === null || builder.length === 0) return null;
    const packet = builder.finish(sequence, { sync });
    builder = null;
    sequence += 1;
    sentBytes = packet.endBytes;
    return packet;
  };
  const endBlock = async (): Promise<void> => {
    const isOnly = sequence === 0;
    const packet = takePacket(false);
    const open = await opened();
    const last = lastPacket(sequence, sentBytes);
    // A block of one packet is sent with its end at once: when that fails nothing of it counts, and it is begun anew.
    if (isOnly && packet !== null && options.last === null) await open.send(packet, last);
    else {
      if (packet !== null) await open.send(packet);
      await open.flushed();
      await open.send(last);
    }
    await open.flushed();
    previous = open.block();
    open.close();
    writer = null;
    sequence = 0;
    sentBytes = 0;
  };
  const flush = async (sync: boolean): Promise<void> => {
    await appended;
    const packet = takePacket(sync) ?? (sync && sentBytes > 0 ? emptyPacket() : null);
    if (packet !== null) await (await opened()).send(packet);
    if (writer === null) return;
    writer.rely();
    await writer.flushed();
    if (!unlisted) return;
    await nameNode.fsync(file, writer.block().numBytes, cancel);
    unlisted = false;
  };
  const emptyPacket = (): WritePacket => {
    const packet = packetBuilder(sums, new Uint8Array(bufferBytes(sums, 1)), sentBytes, 1).finish(sequence, {
      sync: true,
    });
    sequence += 1;
    return packet;
  };
  const reopen = async (located: LocatedBlockProto): Promise<void> => {
    sentBytes = Number(located.b?.numBytes ?? 0n);
    // Its packets follow on bytes that are there already, so it is never its only packet.
    await begin({ kind: "append", located });
  };
  const appended = options.last === null ? null : reopen(options.last);
  // Whoever writes or closes is told.
  appended?.catch(() => undefined);

  return {
    async write(bytes) {
      await appended;
      for (let rest = bytes; rest.length > 0; ) {
        if (sentBytes === blockSizeBytes) await endBlock();
        builder ??= nextBuilder();
        const count = builder.put(rest);
        rest = count === rest.length ? NOTHING : rest.subarray(count);
        if (builder.room > 0) continue;
        // The packet that fills its block goes with the block's end.
        if (sentBytes + builder.length === blockSizeBytes) await endBlock();
        else {
          const packet = takePacket(false);
          if (packet !== null) await (await opened()).send(packet);
        }
      }
    },
    hflush: () => flush(false),
    hsync: () => flush(true),
    async close() {
      await appended;
      if (writer !== null || (builder !== null && builder.length > 0)) await endBlock();
      await nameNode.complete(file, previous, cancel);
    },
    abandon() {
      writer?.close();
    },
  };
}

const NOTHING = new Uint8Array();

/** A multiple of the chunk's size, from one chunk up. */
function packetSize(
  { blockSizeBytes, sums }: WriteContext,
  { bytesExpected, last }: FileOutputOptions,
): number {
  const wanted = Math.min(
    PACKET_DATA_BYTES,
    blockSizeBytes,
    last === null ? (bytesExpected ?? PACKET_DATA_BYTES) : PACKET_DATA_BYTES,
  );
  return Math.max(1, Math.ceil(wanted / sums.bytesPerChunk)) * sums.bytesPerChunk;
}
