import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { create, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import {
  RpcResponseHeaderProto_RpcStatusProto as Status,
  RpcResponseHeaderProtoSchema,
  RpcSaslProto_SaslState as State,
  RpcSaslProtoSchema,
} from "../proto/generated/rpc_pb.ts";
import type { Cryptography } from "../sasl/cryptography.ts";
import type { GssContext } from "../sasl/gss.ts";
import { isSaslError, type SaslErrorCode } from "../sasl/sasl-error.ts";
import type { ByteStream } from "../world.ts";
import { delimited } from "./envelope.ts";
import type { RpcIdentity } from "./identity.ts";
import { authenticate, HANDSHAKE_MESSAGES_MAX, type Proven } from "./sasl-stream.ts";

/** -33, as the wire has it. */
const SASL = 0xff_ff_ff_df;
/** The mark before a protected message. */
const MARK = 0x2a;
const KERBEROS = { method: "KERBEROS", mechanism: "GSSAPI", protocol: "nn", serverId: "a.example" };
const SIMPLE = { method: "SIMPLE", mechanism: "" };

type Said = MessageInitShape<typeof RpcSaslProtoSchema>;

function sasl(message: Said, callId = SASL): Uint8Array {
  const head = create(RpcResponseHeaderProtoSchema, { callId, status: Status.SUCCESS });
  return delimited(
    toBinary(RpcResponseHeaderProtoSchema, head),
    toBinary(RpcSaslProtoSchema, create(RpcSaslProtoSchema, message)),
  );
}

function refusal(exceptionClassName: string, errorMsg: string): Uint8Array {
  const fields = { callId: SASL, status: Status.FATAL, exceptionClassName, errorMsg };
  return delimited(toBinary(RpcResponseHeaderProtoSchema, create(RpcResponseHeaderProtoSchema, fields)));
}

const wrapping = (...bytes: number[]): Said => ({ state: State.WRAP, token: Uint8Array.of(MARK, ...bytes) });
const OFFER = sasl({ state: State.NEGOTIATE, auths: [KERBEROS] });
/** The server's proof, its protections (all three, 4 KiB), and the end. */
const HANDSHAKE = [
  OFFER,
  sasl({ state: State.CHALLENGE, token: Uint8Array.of(2) }),
  sasl({ state: State.CHALLENGE, token: Uint8Array.of(MARK, 7, 0, 16, 0) }),
  sasl({ state: State.SUCCESS }),
];

/** A stream on which these chunks come, whatever is sent. */
function scripted(chunks: readonly Uint8Array[]): ByteStream & { readonly sent: Uint8Array[] } {
  const coming = [...chunks];
  const sent: Uint8Array[] = [];
  return {
    sent,
    read: async () => coming.shift() ?? null,
    write: async (...pieces) => void sent.push(...pieces),
    close: () => {},
  };
}

function identityOf(
  more: { fallbackUser?: string; serverPrincipal?: string; released?: () => void } = {},
): RpcIdentity {
  const context = (): GssContext => ({
    step: async (token) => ({ token: Uint8Array.of(1), established: token.length > 0 }),
    wrap: (message) => Uint8Array.of(MARK, ...message),
    unwrap: (message) => ({ message: message.subarray(1), sealed: true }),
    wrapBytesMax: (bytes) => bytes - 1,
    release: () => more.released?.(),
  });
  return {
    kind: "kerberos",
    login: {
      principal: null,
      check: async () => ({ principal: "", lifetimeSeconds: 1 }),
      connect: async () => context(),
    },
    serverPrincipal: more.serverPrincipal ?? "nn/_HOST@EXAMPLE",
    protections: ["auth-conf"],
    world: { cryptography: {} as Cryptography },
    fallbackUser: more.fallbackUser,
  };
}

const proven = (chunks: readonly Uint8Array[], identity = identityOf()): Promise<Proven> =>
  authenticate(scripted(chunks), identity, "A.example");

async function refused(promise: Promise<unknown>, code: SaslErrorCode, message: RegExp): Promise<void> {
  const failure = await promise.then(
    () => "it succeeded",
    (error: unknown) => error,
  );
  assert.ok(isSaslError(failure, code), `expected ${code}: ${String(failure)}`);
  assert.match(failure.message, message);
}

async function everything(stream: ByteStream): Promise<number[]> {
  const all: number[] = [];
  for (let bytes = await stream.read(); bytes !== null; bytes = await stream.read()) all.push(...bytes);
  return all;
}

describe("a handshake on an RPC connection", () => {
  test("is understood however its bytes are cut, and then so are the protected ones", async () => {
    const coming = [...HANDSHAKE, sasl(wrapping(1, 2)), sasl(wrapping()), sasl(wrapping(3))];
    const bytes = coming.flatMap((frame) => [...frame]).map((byte) => Uint8Array.of(byte));
    const { stream, believed } = await proven(bytes);
    assert.equal(believed, false);
    assert.deepEqual(await everything(stream), [1, 2, 3]);
  });

  test("sends no protected message longer than the server takes", async () => {
    const bare = scripted(HANDSHAKE);
    const { stream } = await authenticate(bare, identityOf(), "a.example");
    bare.sent.length = 0;
    await stream.write(new Uint8Array(5000), new Uint8Array(5000));
    assert.equal(bare.sent.length, 3);
    for (const frame of bare.sent) assert.ok(frame.length < 4096 + 100);
  });

  test("refuses a server that asks for no proof, unless that is allowed", async () => {
    const believing = [sasl({ state: State.SUCCESS })];
    const offering = [sasl({ state: State.NEGOTIATE, auths: [SIMPLE] })];
    for (const chunks of [believing, offering]) {
      await refused(proven(chunks), "unprotectedServer", /asks for no proof/);
      assert.equal((await proven(chunks, identityOf({ fallbackUser: "alice" }))).believed, true);
    }
    // Never where it could have proven itself.
    const both = [sasl({ state: State.NEGOTIATE, auths: [SIMPLE, KERBEROS] }), ...HANDSHAKE.slice(1)];
    assert.equal((await proven(both, identityOf({ fallbackUser: "alice" }))).believed, false);
  });

  test("refuses a server that is not the one that was meant, or that wants another proof", async () => {
    const other = identityOf({ serverPrincipal: "nn/b.example@EXAMPLE" });
    await refused(proven([OFFER], other), "wrongServer", /calls itself nn\/a.example, but nn\/b.example/);
    const token = [sasl({ state: State.NEGOTIATE, auths: [{ method: "TOKEN", mechanism: "DIGEST-MD5" }] })];
    await refused(proven(token), "methodRefused", /takes TOKEN, and the caller has Kerberos/);
    await refused(proven([sasl({ state: State.NEGOTIATE })]), "methodRefused", /takes nothing/);
  });

  test("refuses a server that speaks out of turn, too early, or without end", async () => {
    await refused(proven([OFFER, sasl(wrapping(1))]), "badChallenge", /sent WRAP out of turn/);
    await refused(proven([OFFER, OFFER]), "badChallenge", /sent NEGOTIATE out of turn/);
    await refused(proven([sasl({ state: State.CHALLENGE })]), "badChallenge", /sent CHALLENGE out of turn/);
    const early = [OFFER, sasl({ state: State.SUCCESS })];
    await assert.rejects(proven(early), /ended the handshake too early/);
    const endless = Array.from({ length: HANDSHAKE_MESSAGES_MAX }, () =>
      sasl({ state: State.CHALLENGE, token: Uint8Array.of(2) }),
    );
    await assert.rejects(proven([OFFER, ...endless]), isSaslError);
  });

  test("tells the server's own exception, and says where to look for a refused proof", async () => {
    const denied = refusal("org.apache.hadoop.security.AccessControlException", "not you");
    await assert.rejects(proven([OFFER, denied]), { name: "RemoteException", message: "not you" });
    const unproven = refusal("javax.security.sasl.SaslException", "GSS initiate failed");
    await refused(proven([OFFER, unproven]), "proofRefused", /refuses the proof: GSS initiate failed; .*log/);
  });

  test("tells a connection that ends in the middle", async () => {
    await assert.rejects(proven([]), /ended the connection in the handshake/);
    await assert.rejects(proven([OFFER.subarray(0, 9)]), /ended the connection inside a message/);
    const { stream } = await proven([...HANDSHAKE, sasl(wrapping(1)).subarray(0, 9)]);
    await assert.rejects(everything(stream), /ended the connection inside a message/);
  });

  test("takes no unprotected message once protection was agreed on", async () => {
    const bare = await proven([...HANDSHAKE, sasl({ state: State.SUCCESS })]);
    await refused(everything(bare.stream), "tampered", /sent SUCCESS where protection was agreed on/);
    const answer = await proven([...HANDSHAKE, sasl(wrapping(1), 7)]);
    await assert.rejects(everything(answer.stream), /an answer to call 7 where SASL is spoken/);
  });

  test("frees what it holds, whether it fails or is closed", async () => {
    let released = 0;
    const identity = identityOf({ released: () => void released++ });
    await assert.rejects(proven([OFFER, OFFER], identity));
    assert.equal(released, 1);
    const { stream } = await proven(HANDSHAKE, identity);
    stream.close();
    stream.close();
    assert.equal(released, 2);
  });
});
