/** What the DataNodes of a pipeline answer to a packet. Decoded by hand, since there is one for every packet. Source:
 * PipelineAck of Hadoop 3.4.2; `PipelineAckProto`. */
import { Status } from "../proto/generated/datatransfer_pb.ts";
import { TransferFault } from "./fault.ts";

export interface PipelineAck {
  /** Of the packet; -1 answers a heartbeat, -2 comes with an error that is no packet's. */
  readonly sequence: number;
  /** One of a DataNode, nearest first. */
  readonly statuses: readonly number[];
}

/** As many DataNodes as a pipeline may have is a matter of replication, which HDFS bounds to 512. */
export const REPLIES_MAX = 512;

const SEQUENCE_TAG = 1 << 3;
const REPLY_TAG = 2 << 3;
const REPLIES_TAG = (2 << 3) | 2;
const TIME_TAG = 3 << 3;
const FLAG_TAG = 4 << 3;
const FLAGS_TAG = (4 << 3) | 2;
/** A flag holds the status in its lowest four bits, above it what the DataNode says of its load. */
const STATUS_MASK = 15;
const VARINT_BYTES_MAX = 10;

/** Anything that is not exactly an acknowledgement is a {@link TransferFault} `malformed`. */
export function decodePipelineAck(bytes: Uint8Array): PipelineAck {
  const replies: number[] = [];
  const flags: number[] = [];
  let sequence: number | null = null;
  let at = 0;
  /** Numbers beyond 2^53 lose their last digits: only the time may be that large, and it is not used. */
  const varint = (end: number): number => {
    let value = 0;
    for (let digit = 0; digit < VARINT_BYTES_MAX && at < end; digit++) {
      const byte = bytes[at++] as number;
      value += (byte & 0x7f) * 2 ** (7 * digit);
      if (byte < 0x80) return value;
    }
    throw malformed("has a number that does not end");
  };
  const add = (list: number[], value: number): void => {
    if (list.length === REPLIES_MAX) throw malformed(`has more than ${REPLIES_MAX} replies`);
    list.push(value & STATUS_MASK);
  };
  while (at < bytes.length) {
    const tag = varint(bytes.length);
    if (tag === SEQUENCE_TAG) {
      const zigzag = varint(bytes.length);
      sequence = zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2;
    } else if (tag === REPLY_TAG) add(replies, varint(bytes.length));
    else if (tag === FLAG_TAG) add(flags, varint(bytes.length));
    else if (tag === TIME_TAG) varint(bytes.length);
    else if (tag === REPLIES_TAG || tag === FLAGS_TAG) {
      const end = varint(bytes.length) + at;
      if (end > bytes.length) throw malformed("is cut off");
      while (at < end) add(tag === FLAGS_TAG ? flags : replies, varint(end));
    } else throw malformed(`has a field ${tag >> 3} that no version of the protocol has`);
  }
  if (sequence === null || !Number.isSafeInteger(sequence)) throw malformed("names no packet");
  return { sequence, statuses: flags.length > 0 ? flags : replies };
}

/** The place in the pipeline of the DataNode that failed, or -1. The farthest one counts: those before it may only
 * pass its failure on. */
export function failedPlace({ statuses }: PipelineAck): number {
  return statuses.findLastIndex((status) => status !== Status.SUCCESS);
}

function malformed(what: string): TransferFault {
  return new TransferFault("malformed", `an acknowledgement that ${what}`);
}
