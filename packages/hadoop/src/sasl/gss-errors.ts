/** The failures of Kerberos in an operator's words, in one table. Numbers: krb5.h (KRB5KDC_ERR_…, KRB5_…); routine errors:
 * RFC 2744, section 3.9.1. */
import type { GssServer } from "./gss.ts";
import { gssFailure } from "./gss.ts";
import type { KerberosSource } from "./kerberos-login.ts";
import { SaslError, type SaslErrorCode } from "./sasl-error.ts";

/** Base of MIT's error table `krb5`: an error of the protocol has this plus its number. */
const KRB5_BASE = -1_765_328_384;
/** Base of the GSS mechanism's own table `k5g`. */
const K5G_BASE = 39_756_032;

const MINOR: Readonly<Record<number, SaslErrorCode>> = {
  [KRB5_BASE + 1]: "expired", // KRB5KDC_ERR_NAME_EXP
  [KRB5_BASE + 6]: "unknownClient", // KRB5KDC_ERR_C_PRINCIPAL_UNKNOWN
  [KRB5_BASE + 7]: "unknownServer", // KRB5KDC_ERR_S_PRINCIPAL_UNKNOWN
  [KRB5_BASE + 18]: "unknownClient", // KRB5KDC_ERR_CLIENT_REVOKED
  [KRB5_BASE + 24]: "wrongKey", // KRB5KDC_ERR_PREAUTH_FAILED
  [KRB5_BASE + 31]: "wrongKey", // KRB5KRB_AP_ERR_BAD_INTEGRITY
  [KRB5_BASE + 32]: "expired", // KRB5KRB_AP_ERR_TKT_EXPIRED
  [KRB5_BASE + 33]: "clockSkew", // KRB5KRB_AP_ERR_TKT_NYV
  [KRB5_BASE + 37]: "clockSkew", // KRB5KRB_AP_ERR_SKEW
  [KRB5_BASE + 41]: "tampered", // KRB5KRB_AP_ERR_MODIFIED
  [KRB5_BASE + 44]: "wrongKey", // KRB5KRB_AP_ERR_BADKEYVER
  [KRB5_BASE + 68]: "wrongRealm", // KRB5KDC_ERR_WRONG_REALM
  [KRB5_BASE + 148]: "clockSkew", // KRB5_KDCREP_SKEW
  [KRB5_BASE + 149]: "wrongRealm", // KRB5_IN_TKT_REALM_MISMATCH
  [KRB5_BASE + 154]: "wrongRealm", // KRB5_REALM_UNKNOWN
  [KRB5_BASE + 156]: "kdcUnreachable", // KRB5_KDC_UNREACH
  [KRB5_BASE + 181]: "keytabWithoutKey", // KRB5_KT_NOTFOUND
  [KRB5_BASE + 195]: "noTicket", // KRB5_FCC_NOFILE
  [KRB5_BASE + 213]: "keytabMissing", // KRB5_KEYTAB_BADVNO: a file of another kind
  [KRB5_BASE + 217]: "wrongRealm", // KRB5_ERR_HOST_REALM_UNKNOWN
  [KRB5_BASE + 220]: "kdcUnreachable", // KRB5_REALM_CANT_RESOLVE
  [KRB5_BASE + 224]: "wrongRealm", // KRB5_CONFIG_NODEFREALM
  [K5G_BASE]: "noTicket", // KG_CCACHE_NOMATCH
  [K5G_BASE + 1]: "keytabWithoutKey", // KG_KEYTAB_NOMATCH
  [K5G_BASE + 2]: "noTicket", // KG_TGT_MISSING
  [K5G_BASE + 12]: "noTicket", // KG_EMPTY_CCACHE
  2: "keytabMissing", // ENOENT
  13: "keytabMissing", // EACCES
  21: "keytabMissing", // EISDIR
};

/** Routine errors, bits 16–23 of the major status. */
const ROUTINE: Readonly<Record<number, SaslErrorCode>> = {
  6: "tampered", // GSS_S_BAD_SIG / GSS_S_BAD_MIC
  7: "noTicket", // GSS_S_NO_CRED
  9: "tampered", // GSS_S_DEFECTIVE_TOKEN
  11: "expired", // GSS_S_CREDENTIALS_EXPIRED
};

/** Bits of a major status that say a message is old, repeated or out of order. */
const ORDER_BITS = 0x1e;

/** `error` itself when it does not come from the library. */
export function explainGss(error: unknown, source: KerberosSource, who: string, server?: GssServer): unknown {
  const failure = gssFailure(error);
  if (failure === null || !(error instanceof Error)) return error;
  const code = codeOf(failure.major, failure.minor, source);
  const from =
    source.kind === "keytab"
      ? `${who}, keytab ${source.keytab}`
      : `${who}, ticket cache ${source.cache ?? "of this process"}`;
  const towards = server === undefined ? "" : ` towards ${server.service}/${server.host}`;
  return new SaslError(code, `Kerberos${towards} as ${from}: ${error.message}`, error);
}

function codeOf(major: number, minor: number, source: KerberosSource): SaslErrorCode {
  const routine = (major >>> 16) & 0xff;
  if (routine === 0 && (major & ORDER_BITS) !== 0) return "tampered";
  const code = MINOR[minor] ?? ROUTINE[routine] ?? "kerberos";
  // Without a keytab a missing file is a missing cache; with one no kinit helps.
  if (source.kind === "ticketCache") return code === "keytabMissing" ? "noTicket" : code;
  return code === "noTicket" ? "kerberos" : code;
}
