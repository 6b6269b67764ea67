/** Operations as a DataNode hears them: the version, the operation's code, its message with its length before it; and
 * the answer. Source: Sender, Receiver, Op and DataTransferProtocol of Hadoop 3.4.2. */
import { create, type DescMessage, type MessageShape, toBinary } from "@bufbuild/protobuf";
import type { ExtendedBlockProto } from "../proto/generated/block_pb.ts";
import {
  type BaseHeaderProto,
  BaseHeaderProtoSchema,
  type BlockOpResponseProto,
  BlockOpResponseProtoSchema,
  type ClientOperationHeaderProto,
  ClientOperationHeaderProtoSchema,
  Status,
} from "../proto/generated/datatransfer_pb.ts";
import type { TokenProto } from "../proto/generated/security_pb.ts";
import { decode, MalformedMessage } from "../proto/decode.ts";
import type { ByteInput } from "./byte-input.ts";
import { delimited, readDelimited } from "./delimited.ts";
import { TransferFault } from "./fault.ts";

/** Of DataTransferProtocol; the same since Hadoop 0.23. */
export const DATA_TRANSFER_VERSION = 28;

export const OPERATIONS = {
  writeBlock: 80,
  readBlock: 81,
  blockChecksum: 85,
  transferBlock: 86,
  blockGroupChecksum: 90,
} as const;

export type Operation = keyof typeof OPERATIONS;

/** Answers are small but for their text, a Java exception's message. */
export const ANSWER_BYTES_MAX = 1024 * 1024;

/** The operation, ready to be sent. */
export function encodeOperation<Desc extends DescMessage>(
  operation: Operation,
  schema: Desc,
  message: MessageShape<Desc>,
): Uint8Array {
  const head = new Uint8Array([
    DATA_TRANSFER_VERSION >> 8,
    DATA_TRANSFER_VERSION & 255,
    OPERATIONS[operation],
  ]);
  return delimited(toBinary(schema, message), head);
}

/** What every operation on a block begins with: the block, and the token that proves the right to it. */
export function baseHeader(block: ExtendedBlockProto, token: TokenProto): BaseHeaderProto {
  return create(BaseHeaderProtoSchema, { block, token });
}

/** The same with the client's name, as the NameNode knows it. */
export function clientHeader(
  block: ExtendedBlockProto,
  token: TokenProto,
  clientName: string,
): ClientOperationHeaderProto {
  return create(ClientOperationHeaderProtoSchema, { baseHeader: baseHeader(block, token), clientName });
}

/** The next message of the stream. Bytes that are none are a {@link TransferFault} `malformed`. */
export async function readMessage<Desc extends DescMessage>(
  input: ByteInput,
  schema: Desc,
): Promise<MessageShape<Desc>> {
  const bytes = await readDelimited(input, ANSWER_BYTES_MAX);
  try {
    return decode(schema, bytes);
  } catch (cause) {
    if (!(cause instanceof MalformedMessage)) throw cause;
    throw new TransferFault("malformed", cause.message, cause);
  }
}

/** The answer to an operation, whatever it says. */
export async function readAnswer(input: ByteInput): Promise<BlockOpResponseProto> {
  return readMessage(input, BlockOpResponseProtoSchema);
}

/** Throws a {@link TransferFault} `refused`, or `token`, unless the answer is a success. */
export function insistOnSuccess(answer: BlockOpResponseProto): void {
  if (answer.status === Status.SUCCESS) return;
  const text = (answer.message ?? "").split(/\r?\n/, 1)[0]?.slice(0, REASON_CHARACTERS_MAX);
  const reason = `answered ${statusName(answer.status)}${text ? `: ${text}` : ""}`;
  throw new TransferFault(answer.status === Status.ERROR_ACCESS_TOKEN ? "token" : "refused", reason);
}

const REASON_CHARACTERS_MAX = 400;

/** The status as the protocol calls it, or its number. */
export function statusName(status: number): string {
  return Object.entries(Status).find(([, value]) => value === status)?.[0] ?? `status ${status}`;
}
