/** DIGEST-MD5 as it is fuzzed: challenges, and messages under its protection. */
import { create, toBinary } from "@bufbuild/protobuf";
import {
  DataTransferEncryptorMessageProtoSchema,
  DataTransferEncryptorMessageProto_DataTransferEncryptorStatus as SaslStatus,
} from "../proto/generated/datatransfer_pb.ts";
import { decode } from "../proto/decode.ts";
import { createSaslClient } from "../sasl/client.ts";
import type { Cryptography } from "../sasl/cryptography.ts";
import { createDigestLayer } from "../sasl/digest-layer.ts";
import { digestSecrets } from "../sasl/digest-secrets.ts";
import type { DigestCipher, Qop, SaslClient } from "../sasl/mechanism.ts";
import { isSaslError } from "../sasl/sasl-error.ts";
import { CONSTANT_PROOF, constantCryptography } from "./constant-cryptography.ts";
import { type FuzzTarget, WrongValue } from "./fuzz.ts";
import { connections, delimitedMessages } from "./recorded.ts";
import { tokenChallenges } from "./rpc-targets.ts";

const QOPS: readonly Qop[] = ["auth", "auth-int", "auth-conf"];
const CIPHERS: readonly (DigestCipher | null)[] = [null, "rc4", "3des"];
const MESSAGE = Uint8Array.from({ length: 70 }, (_, index) => index * 3);

/** See the top of this file. */
export function saslTargets(): FuzzTarget[] {
  const challenges = [...tokenChallenges(), ...dataNodeChallenges()];
  return [
    {
      name: "digest-challenge",
      async run(spoilt, chance) {
        const client = digestClient(chance.of(QOPS));
        await client.step(spoilt(chance.of(challenges), challenges));
        await client.step(spoilt(CONSTANT_PROOF));
        client.unwrap(spoilt(MESSAGE));
      },
      isOwn: (error) => isSaslError(error),
    },
    {
      name: "digest-layer",
      run(spoilt, chance) {
        const [ours, theirs] = layers(chance.of(CIPHERS));
        const found = ours.unwrap(spoilt(theirs.wrap(MESSAGE)));
        if (found.length !== MESSAGE.length || found.some((byte, at) => byte !== MESSAGE[at]))
          throw new WrongValue("a message was believed that is not what was sent");
      },
      isOwn: (error) => isSaslError(error, "tampered"),
    },
  ];
}

function dataNodeChallenges(): Uint8Array[] {
  return connections("data-node", (scenario) => scenario.startsWith("aes")).flatMap((connection) =>
    delimitedMessages(connection, 1).flatMap((message) => {
      const { status, payload } = decode(DataTransferEncryptorMessageProtoSchema, message);
      return status === SaslStatus.SUCCESS && payload !== undefined ? [payload] : [];
    }),
  );
}

/** What a DataNode says in a handshake that succeeds under {@link constantCryptography}: recorded, but for its proof. */
export function completedHandshakes(): Uint8Array[] {
  return connections("data-node", (scenario) => scenario.startsWith("aes")).map((connection) => {
    const [challenge = new Uint8Array(), proof = new Uint8Array()] = delimitedMessages(connection, 2);
    const { cipherOption } = decode(DataTransferEncryptorMessageProtoSchema, proof);
    const ours = create(DataTransferEncryptorMessageProtoSchema, {
      status: SaslStatus.SUCCESS,
      payload: CONSTANT_PROOF,
      cipherOption,
    });
    const messages = [challenge, toBinary(DataTransferEncryptorMessageProtoSchema, ours)];
    const bytes = messages.flatMap((message) => [
      ...(message.length < 0x80 ? [] : [(message.length & 0x7f) | 0x80]),
      message.length < 0x80 ? message.length : message.length >> 7,
      ...message,
    ]);
    return Uint8Array.from(bytes);
  });
}

function digestClient(qop: Qop): SaslClient {
  return createSaslClient(
    { cryptography: constantCryptography },
    {
      mechanism: "DIGEST-MD5",
      protocol: "hdfs",
      serverName: "default",
      qops: [qop],
      credentials: { kind: "password", userName: "dG9rZW4=", password: "c2VjcmV0" },
    },
  );
}

/** Not cryptography, but a sum in which every byte counts (two FNV-1a): enough to tell a changed message. */
const summing: Cryptography = {
  ...constantCryptography,
  hmacMd5(key, ...parts) {
    const sum = new Uint8Array(16);
    for (let place = 0; place < sum.length; place++) {
      let hash = Math.imul(place + 1, 0x9e_37_79_b1);
      for (const part of [key, ...parts])
        for (const byte of part) hash = Math.imul(hash ^ byte, 0x01_00_01_93);
      sum[place] = hash ^ (hash >>> 13) ^ (hash >>> 24);
    }
    return sum;
  },
};

function layers(cipher: DigestCipher | null) {
  const facts = { userName: "a", password: "b", realm: "", nonce: "c", clientNonce: "d", digestUri: "e" };
  const secrets = digestSecrets(summing, { ...facts, qop: "auth-conf" });
  // All keys are the same under it, so the server's side is made like the client's.
  return [createDigestLayer(summing, secrets, cipher), createDigestLayer(summing, secrets, cipher)] as const;
}
