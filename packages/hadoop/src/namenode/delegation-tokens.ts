/** Delegation tokens: stand in for a Kerberos login, for as long as they are renewed. A NameNode gives them to callers who
 * are proven by Kerberos. Source: ClientProtocol.getDelegationToken of hadoop-hdfs-client 3.4. */
import type { TokenProto } from "../proto/generated/security_pb.ts";
import type { Token } from "../sasl/tokens.ts";
import { CALLS, type NameNode } from "./name-node.ts";

/** A token, whole, as the server wants it back. */
export interface DelegationToken extends Token {
  /** `HDFS_DELEGATION_TOKEN`. */
  readonly kind: string;
  /** Empty, as the NameNode gives it: whoever keeps tokens of several servers writes the address in. */
  readonly service: string;
}

/** The tokens' part of the client. */
export interface DelegationTokens {
  /** Null where the NameNode gives none: without Kerberos it needs none. `renewer` may renew it: the first part of a
   * principal, or a whole one. */
  getDelegationToken(renewer: string, cancel?: AbortSignal): Promise<DelegationToken | null>;
  /** Its renewer's call. Resolves with the new end, in ms since 1970. */
  renewDelegationToken(token: DelegationToken, cancel?: AbortSignal): Promise<number>;
  /** Its owner's or its renewer's call: the token is good for nothing from now on. */
  cancelDelegationToken(token: DelegationToken, cancel?: AbortSignal): Promise<void>;
}

/** Asked of the active NameNode. */
export function createDelegationTokens(nameNode: NameNode): DelegationTokens {
  return {
    getDelegationToken: (renewer, cancel) =>
      nameNode.read(
        CALLS.getDelegationToken,
        "/",
        { renewer },
        ({ token }) => (token ? plain(token) : null),
        cancel,
      ),
    renewDelegationToken: (token, cancel) =>
      nameNode.read(
        CALLS.renewDelegationToken,
        "/",
        { token: { ...token } },
        ({ newExpiryTime }) => Number(newExpiryTime),
        cancel,
      ),
    cancelDelegationToken: (token, cancel) =>
      nameNode.tell(CALLS.cancelDelegationToken, "/", { token: { ...token } }, cancel),
  };
}

function plain({ identifier, password, kind, service }: TokenProto): DelegationToken {
  return { identifier, password, kind, service };
}
