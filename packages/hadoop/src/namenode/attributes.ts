/** Owners, modes, times, replication, ACLs, extended attributes, storage policies. Source: ClientProtocol of
 * hadoop-hdfs-client 3.4. */
import type { HdfsAttributes } from "../hdfs/client.ts";
import { XAttrSetFlagProto as SetFlag } from "../proto/generated/xattr_pb.ts";
import { formatAclEntry, parseAclEntry } from "./acl-entries.ts";
import { CALLS, failure, type NameNode } from "./name-node.ts";
import { present, toLong } from "./values.ts";
import { parseXAttrName, toXAttr } from "./xattr-names.ts";

/** Leaves a time as it is. */
const UNCHANGED = -1;
const STICKY = 0o1000;
const PERMISSION_BITS = 0o777;

/** The attributes' part of the client. */
export function createAttributes(nameNode: NameNode): HdfsAttributes {
  return {
    async setOwner(path, { owner, group }, cancel) {
      const username = owner === undefined ? {} : { username: owner };
      const groupname = group === undefined ? {} : { groupname: group };
      await nameNode.tell(CALLS.setOwner, path, { src: path, ...username, ...groupname }, cancel);
    },

    setPermission: (path, permission, cancel) =>
      nameNode.tell(CALLS.setPermission, path, { src: path, permission: { perm: permission } }, cancel),

    async setTimes(path, { modificationTimeMs, accessTimeMs }, cancel) {
      const request = {
        src: path,
        mtime: toLong(modificationTimeMs ?? UNCHANGED),
        atime: toLong(accessTimeMs ?? UNCHANGED),
      };
      await nameNode.tell(CALLS.setTimes, path, request, cancel);
    },

    async setReplication(path, replication, cancel) {
      const request = { src: path, replication };
      const isFile = await nameNode.read(CALLS.setReplication, path, request, ({ result }) => result, cancel);
      if (!isFile) throw failure("setReplication", path, "notFound", "there is no such file");
    },

    ...createAcls(nameNode),
    ...createXAttrs(nameNode),

    getStoragePolicy: (path, cancel) =>
      nameNode.read(
        CALLS.getStoragePolicy,
        path,
        { path },
        ({ storagePolicy }) => {
          const { policyId, name } = present(storagePolicy, "GetStoragePolicyResponse.storagePolicy");
          return { id: policyId, name };
        },
        cancel,
      ),

    setStoragePolicy: (path, name, cancel) =>
      nameNode.tell(CALLS.setStoragePolicy, path, { src: path, policyName: name }, cancel),
  };
}

function createAcls(nameNode: NameNode): Pick<HdfsAttributes, "getAclStatus" | "setAcl" | "removeAcl"> {
  return {
    getAclStatus: (path, cancel) =>
      nameNode.read(
        CALLS.getAclStatus,
        path,
        { src: path },
        (answer) => {
          const { owner, group, sticky, permission, entries } = present(answer.result, "AclStatus");
          // Servers before 2.8 leave the permission out: refused.
          const bits = present(permission, "AclStatus.permission").perm & PERMISSION_BITS;
          const all = sticky ? bits | STICKY : bits;
          return { owner, group, permission: all, entries: entries.map(formatAclEntry) };
        },
        cancel,
      ),

    async setAcl(path, entries, cancel) {
      const aclSpec = entries.map((entry) => {
        const parsed = parseAclEntry(entry);
        if (parsed === null) throw failure("setAcl", path, "invalidArgument", `"${entry}" is no ACL entry`);
        return parsed;
      });
      // setAcl alone keeps a default list that `entries` says nothing of (AclTransformation.replaceAclEntries).
      const hasDefaults = entries.some((entry) => entry.startsWith("default:"));
      if (!hasDefaults) await nameNode.tell(CALLS.removeDefaultAcl, path, { src: path }, cancel);
      await nameNode.tell(CALLS.setAcl, path, { src: path, aclSpec }, cancel);
    },

    removeAcl: (path, cancel) => nameNode.tell(CALLS.removeAcl, path, { src: path }, cancel),
  };
}

function createXAttrs(nameNode: NameNode): Pick<HdfsAttributes, "getXAttrs" | "setXAttr" | "removeXAttr"> {
  const parse = (
    operation: string,
    path: string,
    name: string,
  ): NonNullable<ReturnType<typeof parseXAttrName>> => {
    const parsed = parseXAttrName(name);
    if (parsed !== null) return parsed;
    const why = `"${name}" does not begin with user., trusted., security., system. or raw.`;
    throw failure(operation, path, "invalidArgument", why);
  };
  return {
    getXAttrs: (path, cancel) =>
      nameNode.read(CALLS.getXAttrs, path, { src: path }, ({ xAttrs }) => xAttrs.map(toXAttr), cancel),

    async setXAttr(path, { name, value }, cancel) {
      const xAttr = { ...parse("setXAttr", path, name), value };
      const flag = SetFlag.XATTR_CREATE | SetFlag.XATTR_REPLACE;
      await nameNode.tell(CALLS.setXAttr, path, { src: path, xAttr, flag }, cancel);
    },

    async removeXAttr(path, name, cancel) {
      const xAttr = parse("removeXAttr", path, name);
      await nameNode.tell(CALLS.removeXAttr, path, { src: path, xAttr }, cancel);
    },
  };
}
