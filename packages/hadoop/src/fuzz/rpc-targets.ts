/** RPC as it is fuzzed: frames, answers, a whole connection, handshakes by Kerberos and by token. */
import { create, toBinary } from "@bufbuild/protobuf";
import { CLIENT_PROTOCOL } from "../namenode/protocol.ts";
import { decode, MalformedMessage } from "../proto/decode.ts";
import { ClientNamenodeProtocol } from "../proto/generated/client_namenode_pb.ts";
import {
  RpcResponseHeaderProto_RpcStatusProto as Status,
  RpcResponseHeaderProtoSchema,
  RpcSaslProto_SaslState as State,
  type RpcSaslProto,
  RpcSaslProtoSchema,
} from "../proto/generated/rpc_pb.ts";
import { createRpcClient } from "../rpc/client.ts";
import { CALL_ID, delimited, readAnswer } from "../rpc/envelope.ts";
import { BadFrame, createFrameReader, RESPONSE_BYTES_MAX } from "../rpc/frame.ts";
import type { RpcIdentity } from "../rpc/identity.ts";
import { createVirtualClock } from "../rpc/virtual-clock.ts";
import type { GssContext } from "../sasl/gss.ts";
import { qopsOf } from "../sasl/mechanism.ts";
import type { Chance } from "./chance.ts";
import { CONSTANT_PROOF, constantCryptography } from "./constant-cryptography.ts";
import { type FuzzTarget, isTellable, type Spoilt } from "./fuzz.ts";
import { connections } from "./recorded.ts";
import { pieces, scriptedStream } from "./scripted-stream.ts";

const ALL = "privacy,integrity,authentication";
const simple = connections("name-node", (scenario) => scenario.startsWith("plain"));
const kerberos = connections(
  "name-node",
  (scenario) => scenario.startsWith("aes") || scenario.startsWith("integrity"),
);
const byToken = connections("name-node", (scenario) => scenario.startsWith("token"));

/** See the top of this file. */
export function rpcTargets(): FuzzTarget[] {
  const tokens = byToken.map(completed);
  return [
    {
      name: "rpc-frames",
      run(spoilt, chance) {
        const frames = createFrameReader(RESPONSE_BYTES_MAX);
        for (const piece of pieces(spoilt(chance.of(simple), simple), chance))
          for (const frame of frames.push(piece)) readAnswer(frame);
      },
      isOwn: (error) => error instanceof BadFrame || error instanceof MalformedMessage,
    },
    exchange("rpc-connection", simple, { kind: "simple", user: "hdfs" }),
    exchange("sasl-kerberos", kerberos, kerberosIdentity()),
    exchange("sasl-token", tokens, {
      kind: "token",
      token: { identifier: Uint8Array.of(1, 2), password: Uint8Array.of(3) },
      protections: qopsOf(ALL),
      world: { cryptography: constantCryptography },
    }),
  ];
}

/** Two calls on connections that say what was recorded; what follows the recording is their end. */
function exchange(name: string, seeds: readonly Uint8Array[], identity: RpcIdentity): FuzzTarget {
  return {
    name,
    run: (spoilt, chance) => ask(seeds, identity, spoilt, chance),
    isOwn: isTellable,
  };
}

async function ask(
  seeds: readonly Uint8Array[],
  identity: RpcIdentity,
  spoilt: Spoilt,
  chance: Chance,
): Promise<void> {
  const clock = createVirtualClock();
  const bytes = spoilt(chance.of(seeds), seeds);
  let connections = 0;
  const streams = {
    async connect() {
      // Asked again it would only say the same again.
      if (++connections > 1) throw Object.assign(new Error("no more"), { streamFailure: "refused" });
      return scriptedStream(bytes, chance);
    },
  };
  const random = { bytes: (length: number) => new Uint8Array(length) };
  const options = { servers: [{ host: "localhost", port: 1 }], protocol: CLIENT_PROTOCOL, identity };
  const client = createRpcClient({ clock, random, streams }, options);
  const { getFileInfo, getListing } = ClientNamenodeProtocol.method;
  const listing = { src: "/", startAfter: new Uint8Array(), needLocation: false };
  const asked = [
    client.ask(getFileInfo, { src: "/" }, { path: "/" }),
    client.ask(getListing, listing, { path: "/" }),
  ];
  try {
    const [first, second] = await clock.run(Promise.allSettled(asked));
    for (const outcome of [first, second]) if (outcome?.status === "rejected") throw outcome.reason;
  } finally {
    client.close();
  }
}

/** Of RFC 4121: what a token that is signed alone says stands behind 16 bytes. */
const SIGNED_HEADER_BYTES = 16;
const OFFER_BYTES = 4;

function kerberosIdentity(): RpcIdentity {
  const context = (): GssContext => ({
    step: async (token) => ({ token: Uint8Array.of(1), established: token.length > 0 }),
    wrap: (message) => message,
    unwrap: (message) => ({
      message: message.subarray(SIGNED_HEADER_BYTES, SIGNED_HEADER_BYTES + OFFER_BYTES),
      sealed: true,
    }),
    wrapBytesMax: (bytes) => bytes - SIGNED_HEADER_BYTES,
    release: () => undefined,
  });
  return {
    kind: "kerberos",
    login: {
      principal: null,
      check: async () => ({ principal: "", lifetimeSeconds: 1 }),
      connect: async () => context(),
    },
    serverPrincipal: "nn/localhost@FUZZ.TEST",
    protections: qopsOf(ALL),
    world: { cryptography: constantCryptography },
  };
}

/** The recorded offer and challenge, then the proof that is right under {@link constantCryptography}, and an answer. */
function completed(connection: Uint8Array): Uint8Array {
  const [offer = new Uint8Array()] = createFrameReader(RESPONSE_BYTES_MAX).push(connection);
  const first = connection.subarray(0, offer.length + OFFER_BYTES);
  const success = create(RpcSaslProtoSchema, { state: State.SUCCESS, token: CONSTANT_PROOF });
  const wrap = create(RpcSaslProtoSchema, { state: State.WRAP, token: new Uint8Array(64).fill(0x11) });
  const frames = [first, saslFrame(success), saslFrame(wrap)];
  return Uint8Array.from(frames.flatMap((frame) => [...frame]));
}

function saslFrame(message: RpcSaslProto): Uint8Array {
  const head = create(RpcResponseHeaderProtoSchema, { callId: CALL_ID.sasl >>> 0, status: Status.SUCCESS });
  return delimited(toBinary(RpcResponseHeaderProtoSchema, head), toBinary(RpcSaslProtoSchema, message));
}

/** The challenge of DIGEST-MD5 that each connection by token begins with. */
export function tokenChallenges(): Uint8Array[] {
  return byToken.flatMap((connection) => {
    const [offer = new Uint8Array()] = createFrameReader(RESPONSE_BYTES_MAX).push(connection);
    const { auths } = decode(RpcSaslProtoSchema, readAnswer(offer).message);
    return auths.flatMap(({ method, challenge }) =>
      method === "TOKEN" && challenge !== undefined ? [challenge] : [],
    );
  });
}
