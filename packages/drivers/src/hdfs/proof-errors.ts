/** What goes wrong with Kerberos as the domain's failures, in one table. */
import { CoevalError, type ErrorCode } from "@coeval/core/errors";
import { SaslError, type SaslErrorCode } from "@coeval/hadoop/sasl/sasl-error";

const CODES: Readonly<Record<SaslErrorCode, ErrorCode>> = {
  libraryMissing: "kerberos-library",
  keytabMissing: "kerberos-keytab",
  keytabWithoutKey: "kerberos-keytab",
  wrongKey: "kerberos-keytab",
  unknownClient: "kerberos-keytab",
  noTicket: "kerberos-ticket",
  expired: "kerberos-ticket",
  clockSkew: "kerberos-clock",
  wrongRealm: "kerberos-realm",
  kdcUnreachable: "kdc-unreachable",
  unknownServer: "kerberos-refused",
  proofRefused: "kerberos-refused",
  protectionRefused: "kerberos-refused",
  methodRefused: "kerberos-refused",
  unsupported: "kerberos-refused",
  kerberos: "kerberos-refused",
  serverUnproven: "cluster-unproven",
  wrongServer: "cluster-unproven",
  unprotectedServer: "cluster-unproven",
  badChallenge: "cluster-unproven",
  tampered: "cluster-unproven",
};

/** The catalogue's code of a failed proof. */
export function proofCode({ code }: SaslError): ErrorCode {
  return CODES[code];
}

/** A failed proof as the domain's failure; what is not one stays as it is. */
export function provenOr(thrown: unknown): unknown {
  if (!(thrown instanceof SaslError)) return thrown;
  return new CoevalError(proofCode(thrown), thrown.message, { cause: thrown });
}
