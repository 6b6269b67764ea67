/** Data transfer as the cluster's configuration protects it. */
import { CALLS, type NameNode } from "../namenode/name-node.ts";
import type { FsServerDefaultsProto } from "../proto/generated/file_pb.ts";
import type { Protections } from "../rpc/identity.ts";
import type { SaslWorld } from "../sasl/mechanism.ts";
import type { EncryptionKey } from "../sasl/tokens.ts";
import type { Handshake } from "./data-nodes.ts";
import { createHandshake } from "./handshake.ts";

/** What a cluster's configuration says of it. */
export interface TransferSecurity {
  readonly world: SaslWorld;
  /** `dfs.data.transfer.protection`; null when it is not set. A cluster that encrypts (`dfs.encrypt.data.transfer`)
   * says so itself. */
  readonly protections: Protections | null;
}

/** The handshake; the cluster's key is asked for once, and again when a DataNode does not know it. */
export function securedBy(
  nameNode: NameNode,
  { world, protections }: TransferSecurity,
  serverDefaults: () => Promise<FsServerDefaultsProto>,
): Handshake {
  let key: Promise<EncryptionKey | null> | null = null;
  const forgetKey = (): void => {
    key = null;
  };
  const ask = async (): Promise<EncryptionKey | null> => {
    if (!(await serverDefaults()).encryptDataTransfer) return null;
    return (await nameNode.ask(CALLS.getDataEncryptionKey, "/", {})).dataEncryptionKey ?? null;
  };
  const encryptionKey = (): Promise<EncryptionKey | null> => {
    key ??= ask().catch((error: unknown) => {
      forgetKey();
      throw error;
    });
    return key;
  };
  return createHandshake({ world, protections, encryptionKey, forgetKey });
}
