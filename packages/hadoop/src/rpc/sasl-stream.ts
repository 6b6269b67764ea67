/** A connection's bytes in protected messages: RPC's frames go inside WRAP messages, wherever these begin and end.
 * Source: SaslRpcClient (WrappedInputStream, WrappedOutputStream), Server.wrapWithSasl of hadoop-common 3.4. */
import { create, toBinary } from "@bufbuild/protobuf";
import { decode } from "../proto/decode.ts";
import { RpcSaslProto_SaslState as State, RpcSaslProtoSchema } from "../proto/generated/rpc_pb.ts";
import type { SaslClient } from "../sasl/mechanism.ts";
import { SaslError } from "../sasl/sasl-error.ts";
import type { ByteStream } from "../world.ts";
import { CALL_ID, delimited, header, readAnswer } from "./envelope.ts";
import { createFrameReader, RESPONSE_BYTES_MAX } from "./frame.ts";

/** What a protected answer may be longer by than the answer. */
const PROTECTION_BYTES_MAX = 1024;

/** Takes `sasl` over: it is disposed of when the stream is closed. */
export function protectedStream(stream: ByteStream, sasl: SaslClient, clientId: Uint8Array): ByteStream {
  const frames = createFrameReader(RESPONSE_BYTES_MAX + PROTECTION_BYTES_MAX);
  const head = header(clientId, CALL_ID.sasl, -1);
  const read: Uint8Array[] = [];
  let closed = false;

  const wrapped = (message: Uint8Array): Uint8Array =>
    delimited(
      head,
      toBinary(
        RpcSaslProtoSchema,
        create(RpcSaslProtoSchema, { state: State.WRAP, token: sasl.wrap(message) }),
      ),
    );
  const unwrapped = (frame: Uint8Array): Uint8Array => {
    const { callId, message } = readAnswer(frame);
    if (callId !== CALL_ID.sasl) throw new SaslError("tampered", "an answer came unprotected");
    const { state, token } = decode(RpcSaslProtoSchema, message);
    if (state !== State.WRAP) throw new SaslError("tampered", "an answer came unprotected");
    return sasl.unwrap(token);
  };

  return {
    async read() {
      for (;;) {
        const next = read.shift();
        if (next !== undefined) return next;
        const chunk = await stream.read();
        // Closed on our side the library may no longer be called; the stream below says why at the next read.
        if (chunk === null || closed) return null;
        for (const frame of frames.push(chunk)) {
          const bytes = unwrapped(frame);
          if (bytes.length > 0) read.push(bytes);
        }
      }
    },
    async write(...pieces) {
      if (closed) return stream.write(...pieces);
      await stream.write(...parts(pieces, sasl.wrapBytesMax).map(wrapped));
    },
    close() {
      if (closed) return;
      closed = true;
      stream.close();
      sasl.dispose();
    },
  };
}

/** The same bytes in as few parts as `bytesMax` allows. */
function parts(pieces: readonly Uint8Array[], bytesMax: number): Uint8Array[] {
  const made: Uint8Array[] = [];
  let total = 0;
  for (const piece of pieces) total += piece.length;
  const whole = new Uint8Array(total);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  for (let from = 0; from < total; from += bytesMax) made.push(whole.subarray(from, from + bytesMax));
  return made;
}
