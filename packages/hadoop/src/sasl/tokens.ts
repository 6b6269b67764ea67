/** Hadoop's tokens as credentials of DIGEST-MD5: delegation tokens (RPC), block tokens and data encryption keys (data
 * transfer). Source: SaslRpcClient.SaslClientCallbackHandler, SaslDataTransferClient, DataTransferSaslUtil. */
import type { SaslCredentials } from "./mechanism.ts";

type Password = Extract<SaslCredentials, { kind: "password" }>;

/** `TokenProto`, as RPC carries it: what it says of itself, and the secret that proves it. */
export interface Token {
  readonly identifier: Uint8Array;
  readonly password: Uint8Array;
}

/** A delegation token over RPC, or a block token on data transfer (`dfs.data.transfer.protection`). */
export function tokenCredentials(token: Token): Password {
  return { kind: "password", userName: base64(token.identifier), password: base64(token.password) };
}

/** `DataEncryptionKeyProto`, as the NameNode's getDataEncryptionKey gives it. */
export interface EncryptionKey {
  readonly keyId: number;
  readonly blockPoolId: string;
  readonly nonce: Uint8Array;
  readonly encryptionKey: Uint8Array;
}

/** For data transfer under `dfs.encrypt.data.transfer`. */
export function encryptionKeyCredentials(key: EncryptionKey): Password {
  const userName = [String(key.keyId), key.blockPoolId, base64(key.nonce)].join(" ");
  return { kind: "password", userName, password: base64(key.encryptionKey) };
}

function base64(bytes: Uint8Array): string {
  return bytes.toBase64();
}
