/** File statuses and listings as the wire carries them. Source: PBHelperClient.convert(HdfsFileStatusProto),
 * HdfsFileStatus.Flags of hadoop-hdfs-client 3.4. */
import type { DirectoryPage, FileStatus, FileType } from "../hdfs/file-status.ts";
import { MalformedMessage } from "../proto/decode.ts";
import {
  type DirectoryListingProto,
  type HdfsFileStatusProto,
  HdfsFileStatusProto_FileType as Type,
  HdfsFileStatusProto_Flags as Flags,
} from "../proto/generated/file_pb.ts";
import { toPolicy } from "./erasure-policy.ts";
import { count, present, signed, text } from "./values.ts";

const TYPES: Readonly<Record<Type, FileType>> = {
  [Type.IS_DIR]: "directory",
  [Type.IS_FILE]: "file",
  [Type.IS_SYMLINK]: "symlink",
};

/** The nine permission bits and the sticky bit; no other bit means anything to HDFS. */
const PERMISSION_BITS = 0o1777;

/** Throws {@link MalformedMessage}. */
export function toFileStatus(status: HdfsFileStatusProto): FileStatus {
  const name = text(status.path, "HdfsFileStatus.path");
  if (name.includes("/") || name.includes("\0"))
    throw new MalformedMessage("HdfsFileStatus.path holds a slash or NUL");
  const { flags, ecPolicy, fileEncryptionInfo } = status;
  return {
    name,
    type: TYPES[status.fileType],
    fileId: count(status.fileId, "HdfsFileStatus.fileId"),
    lengthBytes: count(status.length, "HdfsFileStatus.length"),
    owner: status.owner,
    group: status.group,
    permission: present(status.permission, "HdfsFileStatus.permission").perm & PERMISSION_BITS,
    modificationTimeMs: signed(status.modificationTime, "HdfsFileStatus.modification_time"),
    accessTimeMs: signed(status.accessTime, "HdfsFileStatus.access_time"),
    replication: status.blockReplication,
    blockSizeBytes: count(status.blocksize, "HdfsFileStatus.blocksize"),
    childrenNum: Math.max(status.childrenNum, 0),
    storagePolicy: status.storagePolicy,
    hasAcl: (flags & Flags.HAS_ACL) !== 0,
    // Either alone is enough: ciphertext must never be taken for data.
    encrypted: (flags & Flags.HAS_CRYPT) !== 0 || fileEncryptionInfo !== undefined,
    erasureCoded: (flags & Flags.HAS_EC) !== 0 || ecPolicy !== undefined,
    ecPolicy: ecPolicy === undefined ? null : toPolicy(ecPolicy).name,
    symlink: status.symlink.length === 0 ? null : text(status.symlink, "HdfsFileStatus.symlink"),
    snapshottable: (flags & Flags.SNAPSHOT_ENABLED) !== 0,
  };
}

/** Throws {@link MalformedMessage}. */
export function toDirectoryPage(listing: DirectoryListingProto): DirectoryPage {
  return { entries: listing.partialListing.map(toFileStatus), remaining: listing.remainingEntries };
}
