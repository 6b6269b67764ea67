/** Everything that can go wrong with HDFS, translated in one table from Java's exceptions and the transport's. */

/** When a repeat may help: `now` after a short pause, `later` once something outside has changed by itself,
 * `never` before somebody does something about it. */
export type Retry = "now" | "later" | "never";

const CODES = {
  notFound: "never",
  accessControl: "never",
  authentication: "never",
  alreadyExists: "never",
  notADirectory: "never",
  notAFile: "never",
  parentNotDirectory: "never",
  notEmpty: "never",
  invalidPath: "never",
  invalidArgument: "never",
  invalidRange: "never",
  limitExceeded: "never",
  unsupported: "never",
  notSnapshottable: "never",
  nestedSnapshottable: "never",
  snapshotExists: "never",
  snapshotNotFound: "never",
  snapshotReadOnly: "never",
  hasSnapshots: "never",
  snapshotException: "never",
  aclRefused: "never",
  xattrNotFound: "never",
  quotaExceeded: "never",
  /** In an encryption zone: the bytes on DataNodes are ciphertext, and nothing here opens their key. */
  encryptionZone: "never",
  /** The edit log no longer reaches back so far. */
  editsGone: "never",
  /** No DataNode takes the block: disks full, or too few DataNodes alive. */
  diskFull: "later",
  blockMissing: "later",
  leaseConflict: "later",
  safeMode: "later",
  standby: "later",
  starting: "later",
  /** Nothing listens there, or the name does not resolve. Nothing was sent. */
  unreachable: "later",
  /** The connection broke before the answer was complete. */
  connectionLost: "now",
  timeout: "later",
  /** Fewer bytes than the file or the answer should have. */
  truncated: "now",
  /** Something answers there, but it is no NameNode. */
  notANameNode: "never",
  /** A NameNode's answer that cannot be understood. */
  malformedAnswer: "never",
  answerTooLarge: "never",
  /** A redirect to a place the NameNode does not list as its DataNode. */
  foreignLocation: "never",
  /** An exception of the server that this table does not know. */
  serverError: "later",
} as const satisfies Record<string, Retry>;

export type HdfsErrorCode = keyof typeof CODES;

/** What an error is made of. */
export interface HdfsErrorDetails {
  readonly code: HdfsErrorCode;
  /** One line, no stack trace. It is made so: what is longer than
   * {@link REASONS_CHARACTERS_MAX} is cut, line feeds become spaces. */
  readonly reason: string;
  /** E.g. "CREATESNAPSHOT". */
  readonly operation: string;
  readonly path: string;
  /** Java's exception class; null when the failure is not the server's. */
  readonly javaClass?: string | null;
  /** The change may have happened although it failed. */
  readonly maybeDone?: boolean;
  readonly cause?: unknown;
}

/** The one error of this package. `message` names operation and path and is fit for an operator. */
export class HdfsError extends Error {
  override readonly name = "HdfsError";
  readonly code: HdfsErrorCode;
  readonly retry: Retry;
  readonly reason: string;
  readonly operation: string;
  readonly path: string;
  readonly javaClass: string | null;
  readonly maybeDone: boolean;

  constructor(details: HdfsErrorDetails) {
    const reason = shortened(details.reason, REASONS_CHARACTERS_MAX).replace(/\s*[\r\n]\s*/g, " ");
    super(`${details.operation} ${details.path}: ${reason} (${details.code})`, { cause: details.cause });
    this.code = details.code;
    this.retry = CODES[details.code];
    this.reason = reason;
    this.operation = details.operation;
    this.path = details.path;
    this.javaClass = details.javaClass ?? null;
    this.maybeDone = details.maybeDone ?? false;
  }
}

/** True for an HdfsError with one of `codes`. */
export function isHdfsError(error: unknown, ...codes: readonly HdfsErrorCode[]): error is HdfsError {
  return error instanceof HdfsError && (codes.length === 0 || codes.includes(error.code));
}

/** Rows are tried from the top: class name (without its package; null for any), then a text in the message. Messages
 * were seen on Hadoop 3.4.2 or stand in its source. */
const JAVA: readonly (readonly [javaClass: string | null, message: RegExp | null, code: HdfsErrorCode])[] = [
  [null, /Path is not a file/, "notAFile"],
  ["FileNotFoundException", null, "notFound"],
  ["PathNotFoundException", null, "notFound"],
  [null, /authentication is not enabled/, "authentication"],
  ["SaslException", null, "authentication"],
  ["RpcNoSuchProtocolException", null, "notANameNode"],
  ["RpcNoSuchMethodException", null, "unsupported"],
  ["UnknownCryptoProtocolVersionException", null, "encryptionZone"],
  ["NoECPolicySetException", null, "notFound"],
  ["SnapshotAccessControlException", null, "snapshotReadOnly"],
  ["AccessControlException", /authentication is not enabled|Authentication is required/, "authentication"],
  ["SaslException", null, "authentication"],
  ["AccessControlException", null, "accessControl"],
  ["AuthorizationException", null, "accessControl"],
  ["InvalidToken", null, "authentication"],
  ["AuthenticationException", null, "authentication"],
  ["FileAlreadyExistsException", null, "alreadyExists"],
  ["PathIsNotEmptyDirectoryException", null, "notEmpty"],
  ["ParentNotDirectoryException", null, "parentNotDirectory"],
  ["PathIsNotDirectoryException", null, "notADirectory"],
  ["InvalidPathException", null, "invalidPath"],
  ["IllegalReservedPathException", null, "invalidPath"],
  [null, /^Invalid (file|path) name/, "invalidPath"],
  [
    null,
    /FSLimitException|PathComponentTooLong|MaxDirectoryItems|maximum path component|limit on maximum/,
    "limitExceeded",
  ],
  ["PathComponentTooLongException", null, "limitExceeded"],
  ["MaxDirectoryItemsExceededException", null, "limitExceeded"],
  [null, /not a snapshottable directory|neither snapshottable nor under a snapshot root/, "notSnapshottable"],
  ["SnapshotException", /Nested snapshottable/, "nestedSnapshottable"],
  [
    "SnapshotException",
    /already a snapshot with the same name|The snapshot .* already exists/,
    "snapshotExists",
  ],
  [
    "SnapshotException",
    /snapshot does not exist|does not exist for directory|Cannot find the snapshot/,
    "snapshotNotFound",
  ],
  ["SnapshotException", /already has snapshots|has snapshot\(s\)/, "hasSnapshots"],
  ["SnapshotException", /run out of snapshot IDs|snapshot quota|max snapshot limit/i, "limitExceeded"],
  ["SnapshotException", null, "snapshotException"],
  ["AclException", null, "aclRefused"],
  ["XAttrNotFoundException", null, "xattrNotFound"],
  [null, /No matching attributes found for remove operation/, "xattrNotFound"],
  [null, /XAttr is too big|Cannot add additional XAttr/, "limitExceeded"],
  ["NSQuotaExceededException", null, "quotaExceeded"],
  ["DSQuotaExceededException", null, "quotaExceeded"],
  ["QuotaByStorageTypeExceededException", null, "quotaExceeded"],
  [
    null,
    /could only be written to|Failed to find datanode|No active nodes contain|No space left on device/,
    "diskFull",
  ],
  ["BlockMissingException", null, "blockMissing"],
  ["AlreadyBeingCreatedException", null, "leaseConflict"],
  ["LeaseExpiredException", null, "leaseConflict"],
  ["RecoveryInProgressException", null, "leaseConflict"],
  ["NotReplicatedYetException", null, "leaseConflict"],
  [
    null,
    /is not sufficiently replicated yet|is under recovery|is being truncated|is not closed|is under construction/,
    "leaseConflict",
  ],
  ["SafeModeException", null, "safeMode"],
  [null, /(Name ?[Nn]ode is in|in) safe ?mode/, "safeMode"],
  ["StandbyException", null, "standby"],
  ["ObserverRetryOnActiveException", null, "standby"],
  ["RetriableException", null, "starting"],
  [null, /Namesystem has not been initialized yet/, "starting"],
  [null, /out of the range \[/, "invalidRange"],
  [null, /rename destination directory is not empty/, "notEmpty"],
  [null, /^Source .* and destination .* must both be directories/, "alreadyExists"],
  [null, /^Rename destination .* is a directory or file under source/, "invalidArgument"],
  ["IllegalArgumentException", /^Invalid operation /, "notANameNode"],
  ["IllegalArgumentException", /is not a valid (GET|PUT|POST|DELETE) operation/, "unsupported"],
  ["UnsupportedOperationException", null, "unsupported"],
  ["HadoopIllegalArgumentException", null, "invalidArgument"],
  ["IllegalArgumentException", null, "invalidArgument"],
];

/** The code for a Java exception; `serverError` for one that the table does not know. */
export function codeOfJava(javaClass: string, message: string): HdfsErrorCode {
  const simpleName = javaClass.slice(Math.max(javaClass.lastIndexOf("."), javaClass.lastIndexOf("$")) + 1);
  const row = JAVA.find(
    ([name, text]) => (name === null || name === simpleName) && (text === null || text.test(message)),
  );
  return row?.[2] ?? "serverError";
}

/** Of one server's words. */
const REASON_CHARACTERS_MAX = 500;
/** Of a whole reason, which may quote several servers, or an answer that should have been short. */
export const REASONS_CHARACTERS_MAX = 1_500;

/** The first line of a message (the rest is a stack trace), bounded. */
export function firstLine(message: string): string {
  const line = message.trimStart().split(/\r?\n/, 1)[0] ?? "";
  return shortened(line, REASON_CHARACTERS_MAX);
}

function shortened(text: string, charactersMax: number): string {
  return text.length > charactersMax ? `${text.slice(0, charactersMax)}…` : text;
}

/** All lines of a message before its stack trace, as one, bounded: some say only in the second what to do. */
export function reasonOf(message: string): string {
  const lines = message.trim().split(/\r?\n/);
  const trace = lines.findIndex((line) => /^\s+at\s/.test(line));
  const said = (trace < 0 ? lines : lines.slice(0, trace))
    .map((line) => line.trim())
    .filter((line) => line !== "");
  return firstLine(said.join(" "));
}
