/** A file that is being written: bytes become packets, packets become blocks, and the NameNode is told. Source:
 * DFSOutputStream of Hadoop 3.4.2. */
import type {
  DatanodeInfoProto,
  ExtendedBlockProto,
  LocatedBlockProto,
} from "../proto/generated/block_pb.ts";
import type { BlockOrigin } from "./block-origin.ts";
import { type BlockWriter, createBlockWriter } from "./block-writer.ts";
import { createPacketizer, type Packetizer } from "./packetizer.ts";
import type { WriteContext } from "./write-context.ts";
import type { WritePacket } from "./write-packet.ts";

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
/** How a file is written. */
export interface FileOutputOptions {
  /** The last block of a file that is appended to, when it is not full. */
  readonly last: LocatedBlockProto | null;
  /** How much will be written, where that is known: a small file takes a small buffer. */
  readonly bytesExpected?: number | undefined;
  readonly cancel?: AbortSignal | undefined;
}

/** See {@link FileOutput}. */
export function createFileOutput(context: WriteContext, options: FileOutputOptions): FileOutput {
  const { nameNode, file, blockSizeBytes, sums } = context;
  const { last, cancel } = options;
  const packets = createPacketizer(sums, packetSize(context, options), blockSizeBytes);
  packets.restart(Number(last?.b?.numBytes ?? 0n));
  let writer: BlockWriter | null = null;
  let previous: ExtendedBlockProto | null = null;
  /** The NameNode has not yet been told for certain that the block exists. */
  let unlisted = false;

  const begin = async (origin: BlockOrigin): Promise<BlockWriter> => {
    writer = await createBlockWriter(context, { origin, released: packets.release, cancel });
    unlisted = true;
    return writer;
  };
  const allocate = (exclude: readonly DatanodeInfoProto[]): Promise<LocatedBlockProto> =>
    nameNode.addBlock(file, previous, { exclude }, cancel);
  const send = async (...some: readonly (WritePacket | null)[]): Promise<BlockWriter> => {
    const open = writer ?? (await begin({ kind: "new", allocate }));
    const all = some.filter((packet) => packet !== null);
    if (all.length > 0) await open.send(...all);
    return open;
  };
  const endBlock = async (): Promise<void> => {
    const open = await sendRest(packets, send, last !== null);
    previous = open.block();
    open.close();
    writer = null;
    packets.restart(0);
  };
  const flush = async (sync: boolean): Promise<void> => {
    await appended;
    const packet = packets.take(sync) ?? (sync && packets.cutBytes > 0 ? packets.emptySync() : null);
    if (packet === null && writer === null) return;
    const open = await send(packet);
    open.rely();
    await open.flushed();
    if (!unlisted) return;
    await nameNode.fsync(file, open.block().numBytes, cancel);
    unlisted = false;
  };
  const appended = last === null ? null : begin({ kind: "append", located: last });
  // Whoever writes or closes is told.
  appended?.catch(() => undefined);

  return {
    async write(bytes) {
      await appended;
      for (let rest = bytes; rest.length > 0; ) {
        if (packets.cutBytes === blockSizeBytes) await endBlock();
        const count = packets.put(rest);
        rest = count === rest.length ? NOTHING : rest.subarray(count);
        if (!packets.isFull) continue;
        // The packet that fills its block goes with the block's end.
        if (packets.cutBytes + packets.gatheredBytes === blockSizeBytes) await endBlock();
        else await send(packets.take(false));
      }
    },
    hflush: () => flush(false),
    hsync: () => flush(true),
    async close() {
      await appended;
      if (writer !== null || packets.gatheredBytes > 0) await endBlock();
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

/** The end of a block, and all of it acknowledged. */
async function sendRest(
  packets: Packetizer,
  send: (...some: readonly (WritePacket | null)[]) => Promise<BlockWriter>,
  isAppended: boolean,
): Promise<BlockWriter> {
  // A block of one packet is sent with its end at once: when that fails nothing of it counts, and it is begun anew.
  const isWhole = packets.count === 0 && packets.gatheredBytes > 0 && !isAppended;
  const packet = packets.take(false);
  const open = await (isWhole ? send(packet, packets.last()) : send(packet));
  await open.flushed();
  if (isWhole) return open;
  await open.send(packets.last());
  await open.flushed();
  return open;
}
