/** RPC servers for tests: they live in memory, read what a client really sends, and answer by a script. */
import { create, toBinary } from "@bufbuild/protobuf";
import { sizeDelimitedPeek } from "@bufbuild/protobuf/wire";
import { decode } from "../proto/decode.ts";
import {
  RequestHeaderProtoSchema,
  RpcRequestHeaderProtoSchema,
  RpcResponseHeaderProtoSchema,
  RpcResponseHeaderProto_RpcStatusProto as Status,
} from "../proto/generated/rpc_pb.ts";
import type { ByteStream, NativeWorld } from "../world.ts";
import { delimited } from "./envelope.ts";
import { createFrameReader, REQUEST_BYTES_MAX } from "./frame.ts";
import { createVirtualClock, type VirtualClock } from "./virtual-clock.ts";

/** A call as a server read it. */
export interface Heard {
  readonly server: string;
  /** Counted over all servers, from 1. */
  readonly connection: number;
  readonly callId: number;
  readonly retryCount: number;
  readonly clientId: string;
  /** "" for a ping or the connection's context. */
  readonly method: string;
}

export type Reply =
  | { readonly kind: "answer"; readonly message: Uint8Array }
  | {
      readonly kind: "exception";
      readonly javaClass: string;
      readonly text: string;
      readonly fatal?: boolean;
    }
  /** These bytes, whatever they are. */
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  /** The connection breaks. */
  | { readonly kind: "cut" }
  /** The connection ends in order. */
  | { readonly kind: "end" }
  | { readonly kind: "silence" };

/** What to answer, at once or later. */
export type Script = (heard: Heard) => Reply | Promise<Reply>;

/** `refusing`: servers (`host:port`) that take no connection; may change. */
export function scriptedServers(script: Script): {
  world: NativeWorld & { readonly clock: VirtualClock };
  heard: Heard[];
  refusing: Set<string>;
} {
  const heard: Heard[] = [];
  const refusing = new Set<string>();
  const clock = createVirtualClock();
  let connections = 0;
  let chance = 0;
  const world = {
    clock,
    random: { bytes: (length: number) => new Uint8Array(length).fill(++chance) },
    streams: {
      async connect({ host, port }: { readonly host: string; readonly port: number }) {
        const server = `${host}:${port}`;
        if (refusing.has(server)) throw broken("refused", `no connection to ${server}`);
        return serve(server, ++connections, script, heard);
      },
    },
  };
  return { world, heard, refusing };
}

const PREAMBLE_BYTES = 7;

function serve(server: string, connection: number, script: Script, heard: Heard[]): ByteStream {
  const frames = createFrameReader(REQUEST_BYTES_MAX);
  const inbox: (Uint8Array | null)[] = [];
  let failure: Error | null = null;
  let wake: (() => void) | null = null;
  let preambleLeft = PREAMBLE_BYTES;
  const woken = (): void => {
    wake?.();
    wake = null;
  };
  const cut = (): void => {
    failure ??= broken("reset", `the connection to ${server} broke`);
    woken();
  };
  const answer = async (frame: Uint8Array): Promise<void> => {
    const call = readCall(frame, server, connection);
    heard.push(call);
    if (call.method === "") return;
    const reply = await script(call);
    if (reply.kind === "cut") return cut();
    if (reply.kind === "end") inbox.push(null);
    else if (reply.kind !== "silence") inbox.push(bytesOf(call.callId, reply));
    woken();
  };
  return {
    async read() {
      for (;;) {
        const next = inbox.shift();
        if (next !== undefined) return next;
        if (failure !== null) throw failure;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    async write(...pieces) {
      if (failure !== null) throw failure;
      for (const piece of pieces) {
        const skipped = Math.min(preambleLeft, piece.length);
        preambleLeft -= skipped;
        for (const frame of frames.push(piece.subarray(skipped))) void answer(frame);
      }
    },
    close: cut,
  };
}

function readCall(frame: Uint8Array, server: string, connection: number): Heard {
  const [head, rest] = part(frame);
  const { callId, retryCount, clientId } = decode(RpcRequestHeaderProtoSchema, head);
  const method = callId < 0 ? "" : decode(RequestHeaderProtoSchema, part(rest)[0]).methodName;
  return { server, connection, callId, retryCount, clientId: clientId.join(), method };
}

function part(bytes: Uint8Array): [message: Uint8Array, rest: Uint8Array] {
  const { size, offset } = sizeDelimitedPeek(bytes);
  if (size === null || offset === null) throw new Error("a request without its length");
  return [bytes.subarray(offset, offset + size), bytes.subarray(offset + size)];
}

function bytesOf(
  callId: number,
  reply: Extract<Reply, { kind: "answer" | "exception" | "bytes" }>,
): Uint8Array {
  if (reply.kind === "bytes") return reply.bytes;
  if (reply.kind === "answer") return answerBytes(callId, reply.message);
  const { javaClass, text, fatal = false } = reply;
  const status = fatal ? Status.FATAL : Status.ERROR;
  const fields = { callId: callId >>> 0, status, exceptionClassName: javaClass, errorMsg: text };
  return delimited(toBinary(RpcResponseHeaderProtoSchema, create(RpcResponseHeaderProtoSchema, fields)));
}

/** A good answer as a server sends it, with its length. */
export function answerBytes(callId: number, message: Uint8Array): Uint8Array {
  const header = create(RpcResponseHeaderProtoSchema, { callId: callId >>> 0, status: Status.SUCCESS });
  return delimited(toBinary(RpcResponseHeaderProtoSchema, header), message);
}

function broken(kind: "refused" | "reset", text: string): Error {
  return Object.assign(new Error(text), { streamFailure: kind });
}
