/** SASL before the operations: the client proves that it holds the block's token, or the cluster's data encryption
 * key, the DataNode that it knows them; and what follows is protected as they agree. Source: SaslDataTransferClient,
 * DataTransferSaslUtil of Hadoop 3.4.2. */
import { create, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import {
  type DataTransferEncryptorMessageProto,
  DataTransferEncryptorMessageProtoSchema,
  DataTransferEncryptorMessageProto_DataTransferEncryptorStatus as SaslStatus,
} from "../proto/generated/datatransfer_pb.ts";
import { type CipherOptionProto, CipherSuiteProto } from "../proto/generated/encryption_pb.ts";
import type { TokenProto } from "../proto/generated/security_pb.ts";
import { createSaslClient } from "../sasl/client.ts";
import type { Qop, SaslClient, SaslCredentials, SaslWorld } from "../sasl/mechanism.ts";
import { SaslError } from "../sasl/sasl-error.ts";
import { type EncryptionKey, encryptionKeyCredentials, tokenCredentials } from "../sasl/tokens.ts";
import type { ByteStream } from "../world.ts";
import type { Handshake } from "./data-nodes.ts";
import { delimited } from "./delimited.ts";
import { TransferFault } from "./fault.ts";
import { readMessage } from "./operation.ts";
import type { Peer } from "./peer.ts";
import { aesStream, saslStream } from "./protected-stream.ts";

/** How data transfer is protected. */
export interface HandshakeOptions {
  readonly world: SaslWorld;
  /** `dfs.data.transfer.protection`, the preferred one first; null: bare, unless the cluster encrypts. */
  readonly protections: readonly [Qop, ...Qop[]] | null;
  /** The cluster's key under `dfs.encrypt.data.transfer`; null where it does not encrypt so. */
  readonly encryptionKey: () => Promise<EncryptionKey | null>;
  /** A DataNode does not know the key: it has expired, or that DataNode has just started. */
  readonly forgetKey: () => void;
}

/** Instead of the version of data transfer, with which an operation would begin. */
const MAGIC = new Uint8Array([0xde, 0xad, 0xbe, 0xef]);
/** As both sides call the service (SaslParticipant). */
const PROTOCOL = "hdfs";
const SERVER_NAME = "0";

export function createHandshake(options: HandshakeOptions): Handshake {
  return async (stream, peer, { token }) => {
    const key = await options.encryptionKey();
    const request = key === null ? byToken(options, token) : byKey(key);
    if (request === null) return stream;
    const client = createSaslClient(options.world, {
      mechanism: "DIGEST-MD5",
      protocol: PROTOCOL,
      serverName: SERVER_NAME,
      ...request,
    });
    try {
      return await shake(options, stream, peer, client, request.qops.includes("auth-conf"));
    } catch (error) {
      client.dispose();
      if (error instanceof SaslError) throw new TransferFault("refused", error.message, error);
      throw error;
    }
  };
}

interface Request {
  readonly credentials: SaslCredentials;
  readonly qops: readonly [Qop, ...Qop[]];
}

function byKey(key: EncryptionKey): Request {
  return { credentials: encryptionKeyCredentials(key), qops: ["auth-conf"] };
}

/** Null where nothing is to be proven: no protection is asked for, or the cluster gives no tokens. */
function byToken({ protections }: HandshakeOptions, token: TokenProto): Request | null {
  if (protections === null) return null;
  // Going on without one would mean bare bytes where protection was asked for.
  if (token.identifier.length === 0) {
    throw new TransferFault(
      "refused",
      "protection is asked for, but the NameNode gave no token for the block",
    );
  }
  return { credentials: tokenCredentials(token), qops: protections };
}

async function shake(
  { world, forgetKey }: HandshakeOptions,
  stream: ByteStream,
  peer: Peer,
  client: SaslClient,
  offersAes: boolean,
): Promise<ByteStream> {
  await peer.write(MAGIC, encode({ status: SaslStatus.SUCCESS, payload: NOTHING }));
  const challenge = await readPayload(peer, forgetKey);
  const payload = (await client.step(challenge.payload ?? NOTHING)) ?? NOTHING;
  const cipherOption = offersAes ? [{ suite: CipherSuiteProto.AES_CTR_NOPADDING }] : [];
  await peer.write(encode({ status: SaslStatus.SUCCESS, payload, cipherOption }));
  const proof = await readPayload(peer, forgetKey);
  if (!client.complete) await client.step(proof.payload ?? NOTHING);
  if (!client.complete) throw new SaslError("badChallenge", "the DataNode ended the handshake too early");
  if (peer.input.buffered() > 0)
    throw new SaslError("badChallenge", "the DataNode goes on after the handshake");
  const [option] = proof.cipherOption;
  if (client.qop === "auth-conf" && option !== undefined) return byAes(world, stream, client, option);
  return client.qop === "auth" ? stream : saslStream(stream, client);
}

const NOTHING = new Uint8Array();

/** The keys come wrapped by what the handshake agreed on; named from the DataNode's side: it reads with `in`. */
function byAes(
  { cryptography }: SaslWorld,
  stream: ByteStream,
  client: SaslClient,
  { suite, inKey, inIv, outKey, outIv }: CipherOptionProto,
): ByteStream {
  if (suite !== CipherSuiteProto.AES_CTR_NOPADDING) {
    throw new SaslError(
      "protectionRefused",
      `the DataNode chose cipher suite ${suite}, which was not offered`,
    );
  }
  const sending = cryptography.aesCtr(client.unwrap(inKey), inIv);
  const receiving = cryptography.aesCtr(client.unwrap(outKey), outIv);
  client.dispose();
  return aesStream(stream, sending, receiving);
}

function encode(message: MessageInitShape<typeof DataTransferEncryptorMessageProtoSchema>): Uint8Array {
  const schema = DataTransferEncryptorMessageProtoSchema;
  return delimited(toBinary(schema, create(schema, message)));
}

async function readPayload(peer: Peer, forgetKey: () => void): Promise<DataTransferEncryptorMessageProto> {
  const said = await readMessage(peer.input, DataTransferEncryptorMessageProtoSchema);
  if (said.status === SaslStatus.SUCCESS) return said;
  const reason = `refused the handshake: ${said.message || "no reason given"}`;
  if (said.status === SaslStatus.ERROR_UNKNOWN_KEY) {
    forgetKey();
    throw new TransferFault("key", reason);
  }
  throw new TransferFault(said.accessTokenError ? "token" : "refused", reason);
}
