/** Owners, modes, times, ACLs and extended attributes over WebHDFS. Source: WebHDFS REST API;
 * NamenodeWebHdfsMethods. All of these are the same when done twice, but removing an xattr. */
import type { HdfsAttributes } from "../hdfs/client.ts";
import { failure } from "./answer.ts";
import { decodeAclStatus, decodeStoragePolicy, decodeXAttrs, encodeHex } from "./attributes-codec.ts";
import { decodeBoolean } from "./decode.ts";
import type { NameNode } from "./name-node.ts";
import type { Query } from "./url.ts";

/** The attributes' part of the client. */
export function createAttributes(nameNode: NameNode): HdfsAttributes {
  const set = (op: string, path: string, query: Query, cancel: AbortSignal | undefined): Promise<void> =>
    nameNode.tell({ method: "PUT", op, path, query, repeatable: true, cancel });

  return {
    setOwner: (path, { owner, group }, cancel) => set("SETOWNER", path, { owner, group }, cancel),

    setPermission: (path, permission, cancel) =>
      set("SETPERMISSION", path, { permission: permission.toString(8) }, cancel),

    setTimes: (path, times, cancel) =>
      set(
        "SETTIMES",
        path,
        { modificationtime: times.modificationTimeMs, accesstime: times.accessTimeMs },
        cancel,
      ),

    async setReplication(path, replication, cancel) {
      const call = {
        method: "PUT",
        op: "SETREPLICATION",
        path,
        query: { replication },
        repeatable: true,
        cancel,
      } as const;
      if (await nameNode.ask(call, decodeBoolean)) return;
      const asked = { operation: "SETREPLICATION", path, changes: true, server: nameNode.server };
      throw failure(asked, "notFound", "there is no such file");
    },

    getAclStatus: (path, cancel) =>
      nameNode.ask({ method: "GET", op: "GETACLSTATUS", path, cancel }, decodeAclStatus),

    async setAcl(path, entries, cancel) {
      // SETACL alone keeps a default list that `entries` says nothing of (AclTransformation.replaceAclEntries).
      const hasDefaults = entries.some((entry) => entry.startsWith("default:"));
      if (!hasDefaults) await set("REMOVEDEFAULTACL", path, {}, cancel);
      await set("SETACL", path, { aclspec: entries.join(",") }, cancel);
    },

    removeAcl: (path, cancel) => set("REMOVEACL", path, {}, cancel),

    getXAttrs: (path, cancel) =>
      nameNode.ask(
        { method: "GET", op: "GETXATTRS", path, query: { encoding: "hex" }, cancel },
        decodeXAttrs,
      ),

    setXAttr: (path, { name, value }, cancel) =>
      set(
        "SETXATTR",
        path,
        {
          "xattr.name": name,
          "xattr.value": value.length === 0 ? undefined : encodeHex(value),
          flag: "CREATE,REPLACE",
        },
        cancel,
      ),

    removeXAttr: (path, name, cancel) =>
      nameNode.tell({ method: "PUT", op: "REMOVEXATTR", path, query: { "xattr.name": name }, cancel }),

    getStoragePolicy: (path, cancel) =>
      nameNode.ask({ method: "GET", op: "GETSTORAGEPOLICY", path, cancel }, decodeStoragePolicy),

    setStoragePolicy: (path, name, cancel) => set("SETSTORAGEPOLICY", path, { storagepolicy: name }, cancel),
  };
}
