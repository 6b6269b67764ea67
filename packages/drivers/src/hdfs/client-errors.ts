/** The hadoop client's failures as the domain's, in one table. */
import { CoevalError, type ErrorCode } from "@coeval/core/errors";
import { HdfsError, type HdfsErrorCode } from "@coeval/hadoop/errors";

const CODES: Readonly<Record<HdfsErrorCode, ErrorCode>> = {
  notFound: "not-found",
  accessControl: "no-right",
  authentication: "no-right",
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
  encryptionZone: "unsupported",
  editsGone: "not-found",
  diskFull: "secondary-full",
  blockMissing: "corrupt",
  leaseConflict: "cluster-refused",
  safeMode: "safe-mode",
  standby: "cluster-unreachable",
  starting: "cluster-unreachable",
  unreachable: "cluster-unreachable",
  connectionLost: "cluster-unreachable",
  timeout: "cluster-unreachable",
  truncated: "corrupt",
  notANameNode: "protocol",
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
  return new CoevalError(CODES[thrown.code], thrown.message, { evidence: [thrown.path], cause: thrown });
}

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
