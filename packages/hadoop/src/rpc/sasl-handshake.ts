/** Proves the caller on a new connection: NEGOTIATE, INITIATE, CHALLENGE and RESPONSE in turns, SUCCESS. Then the
 * connection's bytes go protected, where that was agreed on.
 * Source: SaslRpcClient.saslConnect, Server.java (saslProcess) of hadoop-common 3.4; RpcHeader.proto. */
import { create, toBinary } from "@bufbuild/protobuf";
import { decode } from "../proto/decode.ts";
import {
  RpcResponseHeaderProto_RpcStatusProto as Status,
  type RpcSaslProto,
  RpcSaslProto_SaslState as State,
  RpcSaslProtoSchema,
} from "../proto/generated/rpc_pb.ts";
import type { RpcSaslProto_SaslAuth } from "../proto/generated/rpc_pb.ts";
import type { SaslClient } from "../sasl/mechanism.ts";
import { SaslError } from "../sasl/sasl-error.ts";
import type { ByteStream } from "../world.ts";
import type { Authentication } from "./authentication.ts";
import { CALL_ID, delimited, header, preamble, readAnswer } from "./envelope.ts";
import { RemoteException, RpcFailure } from "./failure.ts";
import { createFrameReader } from "./frame.ts";
import { protectedStream } from "./sasl-stream.ts";

/** The longest message of a handshake. Tickets with a directory's many groups take some 10 KiB. */
export const HANDSHAKE_BYTES_MAX = 1024 * 1024;
/** Messages of one handshake; GSSAPI takes 3, DIGEST-MD5 2. */
const TURNS_MAX = 8;

/** Who a server is, for the handshake. */
export interface Peer {
  /** As it was connected to. */
  readonly host: string;
  /** `host:port`, for the words of errors. */
  readonly server: string;
}

/** A connection whose caller is proven. */
export interface Proven {
  readonly stream: ByteStream;
  /** Null: authentication has named the caller. */
  readonly user: string | null;
}

/** On a stream on which nothing was sent. Rejects with SaslError, {@link RemoteException} or {@link RpcFailure}; the
 * stream is then of no use. */
export async function prove(
  stream: ByteStream,
  authentication: Authentication,
  peer: Peer,
  clientId: Uint8Array,
): Promise<Proven> {
  const talk = createTalk(stream, peer.server, clientId);
  await stream.write(preamble("sasl"), talk.frame({ state: State.NEGOTIATE }));
  const offer = await talk.hear();
  if (offer.state === State.SUCCESS) return unproven(stream, authentication, peer.server);
  const auth = choose(offer, authentication, peer.server);
  if (auth.method === SIMPLE) {
    const proven = unproven(stream, authentication, peer.server);
    await stream.write(talk.frame({ state: State.INITIATE, auths: [auth] }));
    return proven;
  }

  const sasl = authentication.begin(auth, peer.host);
  try {
    const { challenge, method, mechanism, protocol, serverId } = auth;
    const first = await sasl.step(challenge);
    const auths = [{ method, mechanism, protocol, serverId }];
    await stream.write(talk.frame({ state: State.INITIATE, token: first ?? EMPTY, auths }));
    await converse(stream, talk, sasl, peer.server);
    if (sasl.qop !== "auth") return { stream: protectedStream(stream, sasl, clientId), user: null };
  } catch (error) {
    sasl.dispose();
    throw error;
  }
  sasl.dispose();
  return { stream, user: null };
}

const EMPTY = new Uint8Array();

/** Until the server says SUCCESS. What it says then may still prove the server (DIGEST-MD5). */
async function converse(stream: ByteStream, talk: Talk, sasl: SaslClient, server: string): Promise<void> {
  for (let turn = 0; turn < TURNS_MAX; turn++) {
    const { state, token } = await talk.hear();
    if (state === State.SUCCESS) {
      if (!sasl.complete) await sasl.step(token);
      if (sasl.complete) return;
      throw new SaslError("serverUnproven", `${server} ends the handshake before it has proven itself`);
    }
    if (state !== State.CHALLENGE)
      throw new SaslError("badChallenge", `${server} says ${stateName(state)} within a handshake`);
    const token2 = await sasl.step(token);
    await stream.write(talk.frame({ state: State.RESPONSE, token: token2 ?? EMPTY }));
  }
  throw new SaslError("badChallenge", `${server} does not end the handshake after ${TURNS_MAX} turns`);
}

/** The offer that fits; of a server that would believe anybody, that one. */
function choose(
  { state, auths }: RpcSaslProto,
  { method }: Authentication,
  server: string,
): RpcSaslProto_SaslAuth {
  if (state !== State.NEGOTIATE)
    throw new SaslError("badChallenge", `${server} answers NEGOTIATE with ${stateName(state)}`);
  const found = auths.find((auth) => auth.method === method) ?? auths.find((auth) => auth.method === SIMPLE);
  if (found !== undefined) return found;
  const offered = auths.map((auth) => auth.method).join(", ");
  throw new SaslError(
    "methodRefused",
    `${server} takes ${offered || "nothing"}, and ${method} is what we have`,
  );
}

const SIMPLE = "SIMPLE";

/** A server that asks for no proof gives none either: it may be anybody. */
function unproven(stream: ByteStream, { fallbackUser, method }: Authentication, server: string): Proven {
  if (fallbackUser !== null) return { stream, user: fallbackUser };
  throw new SaslError(
    "unprotectedServer",
    `${server} asks for no proof of who calls, where ${method} is configured`,
  );
}

/** SASL's messages in RPC's frames. */
interface Talk {
  frame(fields: Parameters<typeof create<typeof RpcSaslProtoSchema>>[1]): Uint8Array;
  hear(): Promise<RpcSaslProto>;
}

function createTalk(stream: ByteStream, server: string, clientId: Uint8Array): Talk {
  const frames = createFrameReader(HANDSHAKE_BYTES_MAX);
  return {
    frame: (fields) =>
      delimited(
        header(clientId, CALL_ID.sasl, -1),
        toBinary(RpcSaslProtoSchema, create(RpcSaslProtoSchema, fields)),
      ),
    async hear() {
      for (;;) {
        const chunk = await stream.read();
        if (chunk === null)
          throw new RpcFailure("reset", `${server} ended the connection within the handshake`);
        const [frame, another] = frames.push(chunk);
        if (frame === undefined) continue;
        if (another !== undefined || frames.midFrame)
          throw new SaslError("badChallenge", `${server} speaks out of turn within the handshake`);
        const { callId, header: head, message } = readAnswer(frame);
        if (head.status !== Status.SUCCESS) throw new RemoteException(head.exceptionClassName, head.errorMsg);
        if (callId !== CALL_ID.sasl)
          throw new SaslError("badChallenge", `${server} answers a call that was not made`);
        return decode(RpcSaslProtoSchema, message);
      }
    },
  };
}

function stateName(state: number): string {
  return Object.entries(State).find(([, value]) => value === state)?.[0] ?? `state ${state}`;
}
