import assert from "node:assert/strict";
import { test } from "node:test";
import { codeOfJava, firstLine, HdfsError, isHdfsError, REASONS_CHARACTERS_MAX } from "./errors.ts";

const HDFS = "org.apache.hadoop.hdfs.protocol";
const NAME_NODE = "org.apache.hadoop.hdfs.server.namenode";

test("exceptions of HDFS are told apart, by class and where that says too little by message", () => {
  const rows: [string, string, string][] = [
    ["java.io.FileNotFoundException", "File does not exist: /x", "notFound"],
    ["java.io.FileNotFoundException", "Path is not a file: /d\n\tat x", "notAFile"],
    ["org.apache.hadoop.security.AccessControlException", "Permission denied: user=bob", "accessControl"],
    [
      `${HDFS}.SnapshotAccessControlException`,
      "Modification on a read-only snapshot is disallowed",
      "snapshotReadOnly",
    ],
    [
      "org.apache.hadoop.fs.FileAlreadyExistsException",
      "rename destination /x already exists",
      "alreadyExists",
    ],
    ["org.apache.hadoop.fs.ParentNotDirectoryException", "/l (is not a directory)", "parentNotDirectory"],
    [
      "org.apache.hadoop.fs.PathIsNotEmptyDirectoryException",
      "`/d is non empty': Directory is not empty",
      "notEmpty",
    ],
    ["java.io.IOException", "rename destination directory is not empty: /d", "notEmpty"],
    ["java.io.IOException", "Source /f and destination /d must both be directories", "alreadyExists"],
    [
      "java.io.IOException",
      "Rename destination /d/q is a directory or file under source /d",
      "invalidArgument",
    ],
    ["org.apache.hadoop.fs.InvalidPathException", "Invalid path name Invalid file name: /a:b", "invalidPath"],
    [
      `${HDFS}.FSLimitException$PathComponentTooLongException`,
      "The maximum path component name limit of x",
      "limitExceeded",
    ],
    [`${HDFS}.SnapshotException`, "Directory is not a snapshottable directory: /x", "notSnapshottable"],
    [
      `${HDFS}.SnapshotException`,
      "The path /x is neither snapshottable nor under a snapshot root!",
      "notSnapshottable",
    ],
    [
      `${HDFS}.SnapshotException`,
      'Failed to add snapshot: there is already a snapshot with the same name "s".',
      "snapshotExists",
    ],
    [`${HDFS}.SnapshotException`, "The snapshot current already exists for directory /x", "snapshotExists"],
    [
      `${HDFS}.SnapshotException`,
      "Cannot delete snapshot z from path /x: the snapshot does not exist.",
      "snapshotNotFound",
    ],
    [`${HDFS}.SnapshotException`, "The snapshot z does not exist for directory /x", "snapshotNotFound"],
    [`${HDFS}.SnapshotException`, "Cannot find the snapshot of directory /x with name z", "snapshotNotFound"],
    [
      `${HDFS}.SnapshotException`,
      "The directory /x has snapshot(s). Please redo the operation after",
      "hasSnapshots",
    ],
    [
      `${HDFS}.SnapshotException`,
      "Nested snapshottable directories not allowed: path=/",
      "nestedSnapshottable",
    ],
    [
      `${HDFS}.SnapshotException`,
      "Failed to create the snapshot. The FileSystem has run out of snapshot IDs",
      "limitExceeded",
    ],
    [`${HDFS}.SnapshotException`, "something new", "snapshotException"],
    [`${HDFS}.NSQuotaExceededException`, "The NameSpace quota", "quotaExceeded"],
    [`${HDFS}.DSQuotaExceededException`, "The DiskSpace quota of /e5/d is exceeded", "quotaExceeded"],
    ["java.io.IOException", "File /f could only be written to 0 of the 1 minReplication nodes.", "diskFull"],
    ["java.io.IOException", "Failed to find datanode, suggest to check cluster health.", "diskFull"],
    [
      `${NAME_NODE}.SafeModeException`,
      "Cannot create snapshot for /x. Name node is in safe mode.",
      "safeMode",
    ],
    ["org.apache.hadoop.ipc.RetriableException", "Cannot create. Name node is in safe mode.", "safeMode"],
    ["org.apache.hadoop.ipc.RetriableException", "Namenode is in startup mode", "starting"],
    [
      "org.apache.hadoop.ipc.StandbyException",
      "Operation category READ is not supported in state standby",
      "standby",
    ],
    [`${HDFS}.AlreadyBeingCreatedException`, "Failed to APPEND_FILE /f", "leaseConflict"],
    ["java.io.IOException", "Offset=1400 out of the range [0, 1000); OPEN, path=/f", "invalidRange"],
    ["java.io.IOException", "No matching attributes found for remove operation", "xattrNotFound"],
    ["java.lang.IllegalArgumentException", "Invalid operation LISTSTATUS_BATCH", "notANameNode"],
    [
      "java.lang.IllegalArgumentException",
      'Invalid value for webhdfs parameter "op": X is not a valid GET operation.',
      "unsupported",
    ],
    [
      "java.lang.IllegalArgumentException",
      'Invalid value for webhdfs parameter "permission"',
      "invalidArgument",
    ],
    ["java.lang.NullPointerException", "", "serverError"],
  ];
  for (const [javaClass, message, code] of rows) assert.equal(codeOfJava(javaClass, message), code, message);
});

test("an error names operation and path, and says whether a repeat may help", () => {
  const error = new HdfsError({
    code: "safeMode",
    reason: "in safe mode",
    operation: "CREATESNAPSHOT",
    path: "/r",
  });
  assert.equal(error.message, "CREATESNAPSHOT /r: in safe mode (safeMode)");
  assert.deepEqual([error.retry, error.maybeDone, error.javaClass], ["later", false, null]);
  assert.ok(
    isHdfsError(error) && isHdfsError(error, "standby", "safeMode") && !isHdfsError(error, "standby"),
  );
  assert.ok(!isHdfsError(new Error("x")));
});

test("of a message with a stack trace the first line is kept, bounded", () => {
  assert.equal(firstLine("Path is not a file: /d\n\tat org.apache"), "Path is not a file: /d");
  assert.equal(firstLine("x".repeat(10_000)).length, 501);
});

test("an error is one line that can be shown, whatever a server put into its reason", () => {
  const reason = `not\n  a\r\n word ${"x".repeat(2 * REASONS_CHARACTERS_MAX)}`;
  const error = new HdfsError({ code: "malformedAnswer", reason, operation: "GET", path: "/p" });
  assert.match(error.message, /^GET \/p: not a word x+… \(malformedAnswer\)$/);
  assert.ok(error.reason.length <= REASONS_CHARACTERS_MAX + 1);
});
