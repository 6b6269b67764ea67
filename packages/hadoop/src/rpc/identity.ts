/** Who the caller is towards an RPC server, and how that is proven. Source: SaslRpcClient, ProtoUtil of
 * hadoop-common 3.4. */
import type { KerberosLogin } from "../sasl/kerberos-login.ts";
import { createSaslClient } from "../sasl/client.ts";
import { type Qop, type SaslClient, type SaslWorld, serverPrincipal } from "../sasl/mechanism.ts";
import { SaslError } from "../sasl/sasl-error.ts";
import { type Token, tokenCredentials } from "../sasl/tokens.ts";

/** Protections that are accepted, the preferred one first: qopsOf reads them from `hadoop.rpc.protection`. */
export type Protections = readonly [Qop, ...Qop[]];

/** See the top of this file. `doAs`: act for another, if `hadoop.proxyuser` of the server allows it. */
export type RpcIdentity =
  /** The server believes it. */
  | { readonly kind: "simple"; readonly user: string; readonly doAs?: string | undefined }
  /** A server that asks for no proof is refused, for it may be anybody: unless `fallbackUser` names whom it may believe
   * (`ipc.client.fallback-to-simple-auth-allowed`). */
  | {
      readonly kind: "kerberos";
      readonly login: KerberosLogin;
      /** As `dfs.namenode.kerberos.principal` has it; `_HOST` stands for the host that is connected to. */
      readonly serverPrincipal: string;
      readonly protections: Protections;
      readonly world: SaslWorld;
      readonly doAs?: string | undefined;
      readonly fallbackUser?: string | undefined;
    }
  /** A delegation token, or a block token towards a DataNode. */
  | {
      readonly kind: "token";
      readonly token: Token;
      readonly protections: Protections;
      readonly world: SaslWorld;
    };

/** What the connection's context says of the caller; null where authentication itself has named them. `believed`: the
 * server wanted no proof. */
export function contextUsers(
  identity: RpcIdentity,
  believed: boolean,
): {
  readonly user: string | null;
  readonly realUser: string | null;
} {
  if (identity.kind === "token") return { user: null, realUser: null };
  const { doAs = null } = identity;
  if (identity.kind === "kerberos" && believed) {
    const { fallbackUser = null } = identity;
    return doAs === null ? { user: fallbackUser, realUser: null } : { user: doAs, realUser: fallbackUser };
  }
  // Towards a Kerberos server any name but one's own principal means acting for somebody else.
  if (identity.kind === "kerberos") return { user: doAs, realUser: null };
  return doAs === null ? { user: identity.user, realUser: null } : { user: doAs, realUser: identity.user };
}

/** One way of authentication that a server offers (`RpcSaslProto.SaslAuth`). */
export interface Offer {
  readonly method: string;
  readonly mechanism: string;
  readonly protocol: string;
  readonly serverId: string;
}

/** Whether a server that wants no proof may believe the caller. */
export function mayFallBack(identity: RpcIdentity): boolean {
  return identity.kind === "kerberos" && identity.fallbackUser !== undefined;
}

/** A handshake for the first offer that the caller has credentials for; `client` null where the server wants no proof
 * and need not give any. @throws SaslError when there is no such offer, or the server is not the one that was meant. */
export function chooseOffer(
  identity: RpcIdentity,
  offers: readonly Offer[],
  host: string,
): { readonly offer: Offer; readonly client: SaslClient | null } {
  for (const offer of offers) {
    const client = tryOffer(identity, offer, host);
    if (client !== null) return { offer, client };
  }
  const simple = offers.find(({ method }) => method === "SIMPLE");
  if (simple !== undefined && mayFallBack(identity)) return { offer: simple, client: null };
  const wanted = identity.kind === "token" ? "a token" : "Kerberos";
  if (simple !== undefined) throw new SaslError("unprotectedServer", unproven(wanted));
  const methods = offers.map(({ method }) => method).join(", ") || "nothing";
  throw new SaslError("methodRefused", `the server takes ${methods}, and the caller has ${wanted}`);
}

/** For a server that believes everybody and proves nothing. */
export function unproven(wanted: string): string {
  return `the server asks for no proof and gives none (SIMPLE), where ${wanted} is demanded`;
}

function tryOffer(identity: RpcIdentity, offer: Offer, host: string): SaslClient | null {
  const { method, mechanism, protocol, serverId: serverName } = offer;
  if (identity.kind === "kerberos" && method === "KERBEROS" && mechanism === "GSSAPI") {
    const realm = realmOfMeant(identity.serverPrincipal, offer, host);
    const credentials = { kind: "kerberos", login: identity.login } as const;
    return createSaslClient(identity.world, {
      mechanism,
      protocol,
      serverName: realm === null ? serverName : `${serverName}@${realm}`,
      qops: identity.protections,
      credentials,
    });
  }
  if (identity.kind === "token" && method === "TOKEN" && mechanism === "DIGEST-MD5") {
    const credentials = tokenCredentials(identity.token);
    return createSaslClient(identity.world, {
      mechanism,
      protocol,
      serverName,
      qops: identity.protections,
      credentials,
    });
  }
  return null;
}

/** The server names its own principal; any holder of a key could, so it must be the configured one, whose realm this is;
 * null: krb5.conf knows it. `*` stands for any host. */
function realmOfMeant(expected: string, { protocol, serverId }: Offer, host: string): string | null {
  const meant = serverPrincipal(expected, host);
  const sameHost = meant.host === "*" || meant.host === serverId.toLowerCase();
  if (meant.service === protocol && sameHost) return meant.realm;
  throw new SaslError(
    "wrongServer",
    `the server calls itself ${protocol}/${serverId}, but ${meant.service}/${meant.host} was meant`,
  );
}
