/** How a caller proves itself to an RPC server: by Kerberos, or by a token that the server gave. Without either the
 * server believes the name it is told (simple authentication). */
import { createSaslClient } from "../sasl/client.ts";
import type { KerberosLogin } from "../sasl/kerberos-login.ts";
import {
  type DigestCipher,
  type Qop,
  type SaslClient,
  type SaslWorld,
  serverPrincipal,
} from "../sasl/mechanism.ts";
import { SaslError } from "../sasl/sasl-error.ts";
import { type Token, tokenCredentials } from "../sasl/tokens.ts";
import type { RpcSaslProto_SaslAuth } from "../proto/generated/rpc_pb.ts";

/** Makes the client's side of each handshake. */
export interface Authentication {
  /** What a server must offer: `KERBEROS` or `TOKEN`. */
  readonly method: "KERBEROS" | "TOKEN";
  /**
   * Of the server `host`, which makes the offer `auth`. @throws SaslError when the offer is not of the server that was
   * expected.
   */
  begin(auth: RpcSaslProto_SaslAuth, host: string): SaslClient;
  /** The name to be believed by where a server asks for no proof at all (`ipc.client.fallback-to-simple-auth-allowed`);
   * null: such a server is refused, for it may be anybody. */
  readonly fallbackUser: string | null;
}

/** What Kerberos needs besides the login. */
export interface KerberosOptions {
  /** As in `dfs.namenode.kerberos.principal`: `nn/_HOST@REALM`, where `_HOST` stands for the host that one connects to.
   * Without a realm krb5.conf maps the host to one. */
  readonly serverPrincipal: string;
  /** `hadoop.rpc.protection`, read by qopsOf. */
  readonly protection: readonly [Qop, ...Qop[]];
  readonly fallbackUser?: string | null | undefined;
}

/** By a keytab or a ticket cache. */
export function byKerberos(login: KerberosLogin, options: KerberosOptions): Authentication {
  return {
    method: "KERBEROS",
    fallbackUser: options.fallbackUser ?? null,
    begin(auth, host) {
      const expected = serverPrincipal(options.serverPrincipal, host);
      // What the server says of itself chooses nothing: a stranger could name a service whose key it has.
      if (auth.protocol !== expected.service || auth.serverId.toLowerCase() !== expected.host) {
        throw new SaslError(
          "wrongServer",
          `the server says it is ${auth.protocol}/${auth.serverId}, and ${expected.service}/${expected.host} is expected`,
        );
      }
      const realm = expected.realm === null ? "" : `@${expected.realm}`;
      return createSaslClient(NO_CRYPTOGRAPHY, {
        mechanism: "GSSAPI",
        protocol: expected.service,
        serverName: expected.host + realm,
        qops: options.protection,
        credentials: { kind: "kerberos", login },
      });
    },
  };
}

/** GSSAPI brings its own. */
const NO_CRYPTOGRAPHY: SaslWorld = { cryptography: null };

/** What a token needs besides. */
export interface TokenOptions {
  /** `hadoop.rpc.protection`, read by qopsOf. */
  readonly protection: readonly [Qop, ...Qop[]];
  /** Accepted ciphers of privacy, the preferred one first; default DIGEST_CIPHERS. */
  readonly ciphers?: readonly DigestCipher[] | undefined;
}

/** By a delegation token. */
export function byToken(world: SaslWorld, token: Token, options: TokenOptions): Authentication {
  return {
    method: "TOKEN",
    fallbackUser: null,
    begin: (auth) =>
      createSaslClient(world, {
        mechanism: "DIGEST-MD5",
        protocol: auth.protocol,
        serverName: auth.serverId,
        qops: options.protection,
        credentials: tokenCredentials(token),
        ciphers: options.ciphers,
      }),
  };
}
