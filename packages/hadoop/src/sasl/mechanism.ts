/** SASL as Hadoop's RPC and data transfer use it (RFC 4422): one interface over Kerberos (GSSAPI, RFC 4752) and tokens
 * (DIGEST-MD5, RFC 2831). The transport carries challenges and responses; what they mean stays in here. */
import type { Cryptography } from "./cryptography.ts";
import type { KerberosLogin } from "./kerberos-login.ts";
import { SaslError } from "./sasl-error.ts";

/** The mechanisms this package speaks, by their SASL names. */
export const SASL_MECHANISMS = ["GSSAPI", "DIGEST-MD5"] as const;
export type SaslMechanism = (typeof SASL_MECHANISMS)[number];

/** What protects each message after the handshake: nothing, a checksum, or encryption. Hadoop calls them
 * `authentication`, `integrity`, `privacy` (`hadoop.rpc.protection`, `dfs.data.transfer.protection`). */
export type Qop = "auth" | "auth-int" | "auth-conf";

/** The client's side of one handshake, and of the connection that it secures. Not shared between connections. */
export interface SaslClient {
  readonly mechanism: SaslMechanism;
  /**
   * Answers a challenge; the first one is empty where the mechanism speaks first (GSSAPI) and the server's own where it
   * does not (DIGEST-MD5). Null: nothing is to be sent. One call at a time.
   *
   * @throws SaslError when the server is refused, or the caller's credentials will not do.
   */
  step(challenge: Uint8Array): Promise<Uint8Array | null>;
  /** The handshake has ended well: the server has proven itself, and `qop` holds. */
  readonly complete: boolean;
  /** Null until complete. */
  readonly qop: Qop | null;
  /** The longest message that `wrap` may be given, in bytes: longer ones are sent in parts. Infinity under `auth`. */
  readonly wrapBytesMax: number;
  /** Protects one message. Under `auth` the bytes themselves. Messages are unwrapped in the order of wrapping. */
  wrap(message: Uint8Array): Uint8Array;
  /** The inverse. @throws SaslError `tampered` for a message that was changed, lost, repeated or is no such thing. */
  unwrap(protectedMessage: Uint8Array): Uint8Array;
  /** Frees what the system's library holds. Safe to call twice; nothing else may be called afterwards. */
  dispose(): void;
}

/** What a handshake is to prove, to whom, and how. */
export interface SaslRequest {
  readonly mechanism: SaslMechanism;
  /** First part of the server's Kerberos principal (`nn`), or what the server said as `protocol` (DIGEST-MD5: digest-uri's
   * first part; `hdfs`, or empty). */
  readonly protocol: string;
  /** The server's host as in its principal, or what the server said as `serverId` (DIGEST-MD5: `default`, or `0`). */
  readonly serverName: string;
  /** Accepted protections, the preferred one first. The first that the server offers as well is taken. */
  readonly qops: readonly [Qop, ...Qop[]];
  readonly credentials: SaslCredentials;
  /** DIGEST-MD5 with `auth-conf`: accepted ciphers, the preferred one first; default {@link DIGEST_CIPHERS}. */
  readonly ciphers?: readonly DigestCipher[] | undefined;
}

/** Ciphers of DIGEST-MD5 that Java still has and that are not shorter than they look. */
export const DIGEST_CIPHERS = ["3des", "rc4"] as const;
export type DigestCipher = (typeof DIGEST_CIPHERS)[number];

/** What the client proves itself by. */
export type SaslCredentials =
  /** For GSSAPI. One login serves any number of connections. */
  | { readonly kind: "kerberos"; readonly login: KerberosLogin }
  /** For DIGEST-MD5: a token in the form of tokens.ts. */
  | { readonly kind: "password"; readonly userName: string; readonly password: string };

/** What the mechanisms need from outside. */
export interface SaslWorld {
  readonly cryptography: Cryptography;
}

const QOP_OF_PROTECTION: Readonly<Record<string, Qop>> = {
  authentication: "auth",
  integrity: "auth-int",
  privacy: "auth-conf",
};

/**
 * Reads `hadoop.rpc.protection` or `dfs.data.transfer.protection`: one or more of authentication, integrity, privacy,
 * the preferred one first. Source: SaslRpcServer.QualityOfProtection, SaslPropertiesResolver.
 *
 * @throws SaslError `unsupported` for any other word.
 */
export function qopsOf(protection: string): readonly [Qop, ...Qop[]] {
  const qops = protection.split(",").map((word) => {
    const qop = QOP_OF_PROTECTION[word.trim().toLowerCase()];
    if (qop !== undefined) return qop;
    throw new SaslError(
      "unsupported",
      `"${word.trim()}" is no protection; use authentication, integrity or privacy`,
    );
  });
  const [first = "auth", ...others] = qops;
  return [first, ...others];
}

/** A service, taken apart. */
export interface ServerPrincipal {
  readonly service: string;
  /** In lower case. */
  readonly host: string;
  /** Null: krb5.conf maps the host to its realm. */
  readonly realm: string | null;
}

/**
 * Reads `nn/_HOST@REALM` as configurations hold it, for the server `host`. Source: SecurityUtil.getServerPrincipal.
 *
 * @throws SaslError `unsupported` for what is no principal of a service.
 */
export function serverPrincipal(pattern: string, host: string): ServerPrincipal {
  const [, service, place = "", realm = null] =
    /^([^/@\s]+)\/([^/@\s]+)(?:@([^/@\s]+))?$/.exec(pattern) ?? [];
  if (service === undefined)
    throw new SaslError("unsupported", `"${pattern}" is no principal of a service; give SERVICE/_HOST@REALM`);
  return { service, host: (place === "_HOST" ? host : place).toLowerCase(), realm };
}
