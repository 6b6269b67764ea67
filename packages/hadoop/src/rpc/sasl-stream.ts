/** SASL on an RPC connection: the handshake after the preamble, and a byte stream whose bytes travel protected when
 * integrity or privacy was agreed on. Source: SaslRpcClient, SaslRpcServer of hadoop-common 3.4; RpcHeader.proto. */
import { create, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { decode, MalformedMessage } from "../proto/decode.ts";
import {
  RpcResponseHeaderProto_RpcStatusProto as Status,
  type RpcSaslProto,
  RpcSaslProtoSchema,
  RpcSaslProto_SaslState as State,
} from "../proto/generated/rpc_pb.ts";
import type { SaslClient } from "../sasl/mechanism.ts";
import { SaslError } from "../sasl/sasl-error.ts";
import type { ByteStream } from "../world.ts";
import { CALL_ID, delimited, header, readAnswer } from "./envelope.ts";
import { RemoteException, RpcFailure } from "./failure.ts";
import { createFrameReader, RESPONSE_BYTES_MAX } from "./frame.ts";
import { chooseOffer, mayFallBack, type RpcIdentity, unproven } from "./identity.ts";

/** Messages of one handshake; real ones have three to five. */
export const HANDSHAKE_MESSAGES_MAX = 16;

const HEADER = header(new Uint8Array(), CALL_ID.sasl, -1);

/** A connection past its handshake. */
export interface Proven {
  /** For everything that follows. */
  readonly stream: ByteStream;
  /** The server wanted no proof, and was allowed to: it believes the name that the context says. */
  readonly believed: boolean;
}

/**
 * Proves the caller, and the server, on a stream past its preamble. Rejects with a SaslError, a RemoteException or an RpcFailure; the stream is of no use then.
 */
export async function authenticate(stream: ByteStream, identity: RpcIdentity, host: string): Promise<Proven> {
  const messages = createMessages(stream);
  let client: SaslClient | null = null;
  await messages.send({ state: State.NEGOTIATE });
  try {
    for (let count = 0; count < HANDSHAKE_MESSAGES_MAX; count++) {
      const said = await messages.next();
      if (said.state === State.NEGOTIATE && client === null) {
        const chosen = chooseOffer(identity, said.auths, host);
        const { method, mechanism, protocol, serverId } = chosen.offer;
        const auths = [{ method, mechanism, protocol, serverId }];
        if (chosen.client === null) {
          // The very offer comes back, with no empty field that it did not have. The server answers this with nothing.
          const same = said.auths.filter((auth) => auth.method === method);
          await messages.send({ state: State.INITIATE, auths: same });
          return { stream: resumed(stream, messages), believed: true };
        }
        client = chosen.client;
        const challenge = said.auths.find((auth) => auth.method === chosen.offer.method)?.challenge;
        const token = (await client.step(challenge ?? EMPTY)) ?? EMPTY;
        await messages.send({ state: State.INITIATE, token, auths });
      } else if (said.state === State.CHALLENGE && client !== null) {
        await messages.send({ state: State.RESPONSE, token: (await client.step(said.token)) ?? EMPTY });
      } else if (said.state === State.SUCCESS && client !== null) {
        if (!client.complete) await client.step(said.token);
        if (!client.complete) throw new SaslError("badChallenge", "the server ended the handshake too early");
        if (client.qop !== "auth") return { stream: wrapped(stream, messages, client), believed: false };
        client.dispose();
        return { stream: resumed(stream, messages), believed: false };
      } else if (said.state === State.SUCCESS) {
        if (mayFallBack(identity)) return { stream: resumed(stream, messages), believed: true };
        throw new SaslError(
          "unprotectedServer",
          unproven(identity.kind === "token" ? "a token" : "Kerberos"),
        );
      } else {
        throw new SaslError("badChallenge", `the server sent ${nameOf(said.state)} out of turn`);
      }
    }
    throw new SaslError("badChallenge", `the handshake did not end after ${HANDSHAKE_MESSAGES_MAX} messages`);
  } catch (error) {
    client?.dispose();
    throw error;
  }
}

const EMPTY = new Uint8Array();

/** SASL's own messages on a stream. */
interface Messages {
  send(message: MessageInitShape<typeof RpcSaslProtoSchema>): Promise<void>;
  next(): Promise<RpcSaslProto>;
  /** The next one, or null at the orderly end between two. */
  nextOrEnd(): Promise<RpcSaslProto | null>;
  /** Bytes that came after the last message: whole frames, with their lengths left out. */
  readonly left: readonly Uint8Array[];
}

function createMessages(stream: ByteStream): Messages {
  const frames = createFrameReader(RESPONSE_BYTES_MAX);
  const ready: Uint8Array[] = [];
  const nextOrEnd = async (): Promise<RpcSaslProto | null> => {
    while (ready.length === 0) {
      const chunk = await stream.read();
      if (chunk === null && !frames.midFrame) return null;
      if (chunk === null) throw new RpcFailure("reset", "the server ended the connection inside a message");
      ready.push(...frames.push(chunk));
    }
    return readMessage(ready.shift() ?? EMPTY);
  };
  return {
    send: (message) =>
      stream.write(delimited(HEADER, toBinary(RpcSaslProtoSchema, create(RpcSaslProtoSchema, message)))),
    nextOrEnd,
    async next() {
      const message = await nextOrEnd();
      if (message === null) throw new RpcFailure("reset", "the server ended the connection in the handshake");
      return message;
    },
    get left() {
      return ready;
    },
  };
}

function readMessage(frame: Uint8Array): RpcSaslProto {
  const { callId, header: answer, message } = readAnswer(frame);
  if (answer.status !== Status.SUCCESS) throw refusal(answer.exceptionClassName, answer.errorMsg);
  if (callId !== CALL_ID.sasl) throw new MalformedMessage(`an answer to call ${callId} where SASL is spoken`);
  return decode(RpcSaslProtoSchema, message);
}

/** Of Kerberos a server says no more than "GSS initiate failed". */
function refusal(javaClass: string, message: string): Error {
  const remote = new RemoteException(javaClass, message);
  if (!javaClass.endsWith(".SaslException")) return remote;
  return new SaslError("proofRefused", `the server refuses the proof: ${message}`, remote);
}

/** The bare stream again. The server speaks only when spoken to, so nothing of ours is lost in the handshake's reader. */
function resumed(stream: ByteStream, { left }: Messages): ByteStream {
  if (left.length > 0)
    throw new SaslError("badChallenge", "the server goes on after the end of the handshake");
  return stream;
}

function wrapped(stream: ByteStream, messages: Messages, client: SaslClient): ByteStream {
  return {
    async read() {
      for (;;) {
        const message = await messages.nextOrEnd();
        if (message === null) return null;
        if (message.state !== State.WRAP)
          throw new SaslError(
            "tampered",
            `the server sent ${nameOf(message.state)} where protection was agreed on`,
          );
        const bytes = client.unwrap(message.token);
        if (bytes.length > 0) return bytes;
      }
    },
    async write(...pieces) {
      const frames = joined(pieces, client.wrapBytesMax).map((part) => {
        const message = create(RpcSaslProtoSchema, { state: State.WRAP, token: client.wrap(part) });
        return delimited(HEADER, toBinary(RpcSaslProtoSchema, message));
      });
      await stream.write(...frames);
    },
    close() {
      stream.close();
      client.dispose();
    },
  };
}

function nameOf(state: State): string {
  return Object.entries(State).find(([, value]) => value === state)?.[0] ?? String(state);
}

/** The same bytes, in parts as long as they may be. */
function joined(pieces: readonly Uint8Array[], partBytesMax: number): Uint8Array[] {
  const parts: Uint8Array[] = [];
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  for (let from = 0; from < whole.length; from += partBytesMax)
    parts.push(whole.subarray(from, Math.min(from + partBytesMax, whole.length)));
  return parts;
}
