/** `FileStatus`, `FileStatuses` and `DirectoryListing` of WebHDFS. Source: JsonUtil.toJsonMap(HdfsFileStatus),
 * JsonUtil.toJson(DirectoryListing). */
import type { DirectoryPage, FileStatus, FileType } from "../hdfs/file-status.ts";
import { Fields, MalformedAnswer } from "./decode.ts";

/** Answer of GETFILESTATUS. */
export function decodeFileStatusAnswer(json: unknown): FileStatus {
  return decodeFileStatus(new Fields(json, "answer").object("FileStatus"));
}

/** Answer of LISTSTATUS_BATCH. */
export function decodeDirectoryPage(json: unknown): DirectoryPage {
  const listing = new Fields(json, "answer").object("DirectoryListing");
  const statuses = listing.object("partialListing").object("FileStatuses").objects("FileStatus");
  return { entries: statuses.map(decodeFileStatus), remaining: listing.count("remainingEntries") };
}

/** One `FileStatus`, wherever it stands. */
export function decodeFileStatus(fields: Fields): FileStatus {
  const name = fields.text("pathSuffix");
  if (name.includes("/") || name.includes("\0"))
    throw new MalformedAnswer("FileStatus.pathSuffix holds a slash or NUL");
  return {
    name,
    type: decodeType(fields.text("type")),
    fileId: fields.count("fileId"),
    lengthBytes: fields.count("length"),
    owner: fields.text("owner"),
    group: fields.text("group"),
    permission: decodePermission(fields.text("permission")),
    modificationTimeMs: fields.whole("modificationTime"),
    accessTimeMs: fields.whole("accessTime"),
    replication: fields.count("replication"),
    blockSizeBytes: fields.count("blockSize"),
    childrenNum: fields.wholeOr("childrenNum", 0),
    storagePolicy: fields.wholeOr("storagePolicy", 0),
    hasAcl: fields.flagOrFalse("aclBit"),
    encrypted: fields.flagOrFalse("encBit"),
    erasureCoded: fields.flagOrFalse("ecBit"),
    ecPolicy: fields.textOrNull("ecPolicy"),
    symlink: fields.textOrNull("symlink"),
    snapshottable: fields.flagOrFalse("snapshotEnabled"),
  };
}

/** Octal text such as "1777"; only the nine bits and the sticky bit exist in HDFS. */
export function decodePermission(text: string): number {
  if (!/^[0-7]{1,4}$/.test(text))
    throw new MalformedAnswer(`permission ${JSON.stringify(text)} is not octal`);
  const permission = Number.parseInt(text, 8);
  if (permission > 0o1777) throw new MalformedAnswer(`permission ${text} is above 1777`);
  return permission;
}

function decodeType(text: string): FileType {
  const types: Readonly<Record<string, FileType>> = {
    FILE: "file",
    DIRECTORY: "directory",
    SYMLINK: "symlink",
  };
  const type = Object.hasOwn(types, text) ? types[text] : undefined;
  if (type === undefined) throw new MalformedAnswer(`FileStatus.type is ${JSON.stringify(text)}`);
  return type;
}
