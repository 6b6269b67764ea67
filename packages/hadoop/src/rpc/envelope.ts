/** What goes before a call and its answer: request and answer headers, the connection's preamble and context.
 * Source: ProtoUtil, Client.java, RpcConstants of hadoop-common 3.4; RpcHeader.proto, ProtobufRpcEngine2.proto. */
import { create, toBinary } from "@bufbuild/protobuf";
import { decode, MalformedMessage } from "../proto/decode.ts";
import { IpcConnectionContextProtoSchema } from "../proto/generated/rpc_pb.ts";
import {
  RequestHeaderProtoSchema,
  RpcKindProto,
  type RpcResponseHeaderProto,
  RpcResponseHeaderProtoSchema,
  RpcRequestHeaderProto_OperationProto,
  RpcRequestHeaderProtoSchema,
} from "../proto/generated/rpc_pb.ts";
import { LENGTH_BYTES, lengthPrefix } from "./frame.ts";

/** Ids that name no call of a client's. */
export const CALL_ID = { context: -3, ping: -4, sasl: -33 } as const;
const NO_RETRY_COUNT = -1;

/** Which protocol the calls of a connection belong to, as Java names it. */
export interface Protocol {
  readonly name: string;
  readonly version: number;
}

/** One call on its way. */
export interface Outgoing {
  /** From 0. With the client's id it names the call for ever. */
  readonly callId: number;
  /** 0 at first; higher when the same call is sent again. */
  readonly retryCount: number;
  readonly method: string;
  readonly message: Uint8Array;
}

/** `hrpc`, version 9, service class 0, and how the caller is proven. */
export function preamble(auth: "simple" | "sasl"): Uint8Array {
  return Uint8Array.of(0x68, 0x72, 0x70, 0x63, 9, 0, auth === "sasl" ? 0xdf : 0);
}

/** Makes the frames of one client on one protocol. */
export interface Envelopes {
  /** `user` is null where authentication itself has named the caller; `realUser` acts for `user`. */
  context(user: string | null, realUser: string | null): Uint8Array;
  ping(): Uint8Array;
  call(outgoing: Outgoing): Uint8Array;
}

/** `clientId`: 16 bytes. All frames come with their length. */
export function createEnvelopes(clientId: Uint8Array, protocol: Protocol): Envelopes {
  const methods = new Map<string, Uint8Array>();
  const methodHeader = (methodName: string): Uint8Array => {
    const known = methods.get(methodName);
    if (known !== undefined) return known;
    const fields = {
      methodName,
      declaringClassProtocolName: protocol.name,
      clientProtocolVersion: BigInt(protocol.version),
    };
    const made = toBinary(RequestHeaderProtoSchema, create(RequestHeaderProtoSchema, fields));
    methods.set(methodName, made);
    return made;
  };
  return {
    context(user, realUser) {
      const effectiveUser = user === null ? {} : { effectiveUser: user };
      const userInfo = realUser === null ? effectiveUser : { ...effectiveUser, realUser };
      const context = create(IpcConnectionContextProtoSchema, { userInfo, protocol: protocol.name });
      return delimited(
        header(clientId, CALL_ID.context, NO_RETRY_COUNT),
        toBinary(IpcConnectionContextProtoSchema, context),
      );
    },
    ping: () => delimited(header(clientId, CALL_ID.ping, NO_RETRY_COUNT)),
    call: ({ callId, retryCount, method, message }) =>
      delimited(header(clientId, callId, retryCount), methodHeader(method), message),
  };
}

/** The header of a request that carries `callId`. */
export function header(clientId: Uint8Array, callId: number, retryCount: number): Uint8Array {
  const fields = {
    rpcKind: RpcKindProto.RPC_PROTOCOL_BUFFER,
    rpcOp: RpcRequestHeaderProto_OperationProto.RPC_FINAL_PACKET,
    callId,
    clientId,
    retryCount,
  };
  return toBinary(RpcRequestHeaderProtoSchema, create(RpcRequestHeaderProtoSchema, fields));
}

/** One frame with its length: each message after its own length. */
export function delimited(...messages: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const message of messages) length += varintBytes(message.length) + message.length;
  const frame = new Uint8Array(LENGTH_BYTES + length);
  frame.set(lengthPrefix(length));
  let at = LENGTH_BYTES;
  for (const message of messages) {
    at = putVarint(frame, at, message.length);
    frame.set(message, at);
    at += message.length;
  }
  return frame;
}

/** An answer, its own message not yet decoded. */
export interface Incoming {
  readonly callId: number;
  readonly header: RpcResponseHeaderProto;
  /** Empty in an error's answer. */
  readonly message: Uint8Array;
}

/** Reads a frame, without its length. Throws {@link MalformedMessage}. */
export function readAnswer(frame: Uint8Array): Incoming {
  const [head, afterHead] = readDelimited(frame, 0);
  const answer = decode(RpcResponseHeaderProtoSchema, head);
  const message = afterHead === frame.length ? EMPTY : readDelimited(frame, afterHead)[0];
  return { callId: answer.callId | 0, header: answer, message };
}

const EMPTY = new Uint8Array();

/** The message that begins at `at` with its length, and where the next one begins. */
function readDelimited(bytes: Uint8Array, at: number): [message: Uint8Array, next: number] {
  let length = 0;
  for (let place = 0; place < VARINT_BYTES_MAX; place++) {
    const byte = bytes[at + place];
    if (byte === undefined) break;
    length += (byte & 0x7f) * 2 ** (7 * place);
    if (byte < 0x80) {
      const from = at + place + 1;
      if (length > bytes.length - from)
        throw new MalformedMessage(`a message of ${length} bytes in ${bytes.length - from}`);
      return [bytes.subarray(from, from + length), from + length];
    }
  }
  throw new MalformedMessage("a message's length has no end");
}

/** Of 32 bits. */
const VARINT_BYTES_MAX = 5;

function varintBytes(value: number): number {
  let bytes = 1;
  for (let rest = value; rest >= 0x80; rest /= 0x80) bytes++;
  return bytes;
}

function putVarint(bytes: Uint8Array, from: number, value: number): number {
  let at = from;
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes[at++] = (rest & 0x7f) | 0x80;
  bytes[at++] = rest;
  return at;
}
