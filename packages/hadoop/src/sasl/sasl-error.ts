/** Why a handshake failed, or a protected message was refused, in words for an operator. */

const HINTS = {
  /** The library, a mechanism or a setting is not there. */
  unsupported: "",
  libraryMissing: "install MIT Kerberos's GSS-API library (Debian: apt-get install libgssapi-krb5-2)",
  keytabMissing: "give the path of a keytab file that this process may read",
  keytabWithoutKey: "the keytab holds no key of this principal: compare `klist -k KEYTAB`",
  noTicket: "run kinit, or give a keytab, from which tickets are taken as needed",
  expired: "run kinit again, or give a keytab, from which tickets are taken as needed",
  clockSkew: "set this host's clock and the key server's to the same time (NTP)",
  wrongRealm:
    "compare the realm of the principal with krb5.conf ([libdefaults] default_realm, [domain_realm])",
  unknownClient: "the key server does not know this principal: compare its spelling and its realm",
  unknownServer:
    "the key server knows no such service: compare dfs.namenode.kerberos.principal with the server's keytab, and the host's name",
  wrongKey: "the keytab is older than the principal's present key: export it again",
  kdcUnreachable: "the key server does not answer: compare the realm's kdc in krb5.conf",
  /** The server does not say more. */
  proofRefused:
    "the server's log says why: its clock and the key server's may differ, its keytab be older than its present key",
  protectionRefused: "compare hadoop.rpc.protection or dfs.data.transfer.protection on both sides",
  /** The server did not know the secret that a token or a key stands for, or refused ours. */
  serverUnproven: "the server does not know the secret: it is not the one that gave the token",
  /** The server is another one than was expected. */
  wrongServer: "compare dfs.namenode.kerberos.principal on both sides",
  methodRefused: "compare hadoop.security.authentication on both sides",
  unprotectedServer: "it may be anybody; a cluster without Kerberos must be spoken to without it",
  badChallenge: "",
  tampered: "",
  kerberos: "",
} as const satisfies Record<string, string>;

export type SaslErrorCode = keyof typeof HINTS;

/** `message` says what happened and, where there is one, the fix. */
export class SaslError extends Error {
  override readonly name = "SaslError";
  readonly code: SaslErrorCode;

  constructor(code: SaslErrorCode, what: string, cause?: unknown) {
    super(HINTS[code] === "" ? what : `${what}; ${HINTS[code]}`, { cause });
    this.code = code;
  }
}

/** True for a SaslError with one of `codes`. */
export function isSaslError(error: unknown, ...codes: readonly SaslErrorCode[]): error is SaslError {
  return error instanceof SaslError && (codes.length === 0 || codes.includes(error.code));
}
