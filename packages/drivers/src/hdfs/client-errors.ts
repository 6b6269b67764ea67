/** The hadoop client's failures as the domain's, in one table. */
import { CoevalError, type ErrorCode } from "@coeval/core/errors";
import { HdfsError, type HdfsErrorCode } from "@coeval/hadoop/errors";
import { SaslError } from "@coeval/hadoop/sasl/sasl-error";
import { proofCode } from "./proof-errors.ts";

const CODES: Readonly<Record<HdfsErrorCode, ErrorCode>> = {
  notFound: "not-found",
  accessControl: "no-right",
  authentication: "kerberos-refused",
  alreadyExists: "cluster-refused",
  notADirectory: "cluster-refused",
  notAFile: "cluster-refused",
  parentNotDirectory: "cluster-refused",
  notEmpty: "cluster-refused",
  invalidPath: "cluster-refused",
  invalidArgument: "cluster-refused",
  invalidRange: "corrupt",
  limitExceeded: "cluster-refused",
  unsupported: "unsupported",
  notSnapshottable: "not-snapshottable",
  nestedSnapshottable: "not-snapshottable",
  snapshotExists: "name-taken",
  snapshotNotFound: "not-found",
  snapshotReadOnly: "cluster-refused",
  hasSnapshots: "cluster-refused",
  snapshotException: "cluster-refused",
  aclRefused: "cluster-refused",
  xattrNotFound: "not-found",
  quotaExceeded: "quota-exceeded",
  encryptionZone: "encryption-zone",
  editsGone: "not-found",
  diskFull: "secondary-full",
  blockMissing: "corrupt",
  leaseConflict: "cluster-refused",
  safeMode: "safe-mode",
  standby: "no-active-namenode",
  starting: "cluster-unreachable",
  unreachable: "cluster-unreachable",
  connectionLost: "cluster-unreachable",
  timeout: "cluster-unreachable",
  truncated: "corrupt",
  notANameNode: "no-namenode",
  malformedAnswer: "protocol",
  answerTooLarge: "too-large",
  foreignLocation: "protocol",
  serverError: "cluster-refused",
};

/** True for the client's failure with one of the codes. */
export function failedWith(thrown: unknown, ...codes: readonly HdfsErrorCode[]): boolean {
  return thrown instanceof HdfsError && codes.includes(thrown.code);
}

/** The domain's failure; what is not the client's stays as it is. */
export function translated(thrown: unknown): unknown {
  if (!(thrown instanceof HdfsError)) return thrown;
  const { code, message, path } = thrown;
  const detail = { evidence: [path], cause: thrown };
  // Whatever the client calls it, what went wrong is the proof.
  if (thrown.cause instanceof SaslError) return new CoevalError(proofCode(thrown.cause), message, detail);
  if (code === "authentication" && PROOF_ASKED.test(message))
    return new CoevalError("kerberos-wanted", `${message}: ${KERBEROS_WANTED}`, detail);
  return new CoevalError(CODES[code], message, detail);
}

/** What a server says, or the client of it, when nothing was proven to it. */
const PROOF_ASKED =
  /SIMPLE authentication is not enabled|asks for an authentication|[Aa]uthentication (is )?required|not authenticated by filter/;
/** The fix, for whoever sees no more than the message. */
export const KERBEROS_WANTED = "this cluster wants Kerberos; give the agent --keytab and --principal";

export async function translating<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (thrown) {
    throw translated(thrown);
  }
}

export async function* translatingEach<T>(items: () => AsyncIterable<T>): AsyncGenerator<T> {
  try {
    yield* items();
  } catch (thrown) {
    throw translated(thrown);
  }
}
