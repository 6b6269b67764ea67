/** ACLs, extended attributes and storage policies as WebHDFS writes them. Source: JsonUtil.toJsonString(AclStatus),
 * JsonUtil.toJsonString(List<XAttr>, XAttrCodec), XAttrCodec. */
import type { AclStatus } from "../hdfs/acl.ts";
import type { StoragePolicy } from "../hdfs/cluster-info.ts";
import type { XAttr } from "../hdfs/xattr.ts";
import { Fields, MalformedAnswer } from "./decode.ts";
import { decodePermission } from "./file-status.ts";

/** Answer of GETACLSTATUS. Servers before 2.8 leave the permission out: refused. */
export function decodeAclStatus(json: unknown): AclStatus {
  const fields = new Fields(json, "answer").object("AclStatus");
  const sticky = fields.flag("stickyBit") ? 0o1000 : 0;
  return {
    owner: fields.text("owner"),
    group: fields.text("group"),
    permission: decodePermission(fields.text("permission")) | sticky,
    entries: fields.texts("entries"),
  };
}

/** Answer of GETXATTRS with encoding=hex. An empty value comes as null. */
export function decodeXAttrs(json: unknown): readonly XAttr[] {
  const xattrs = new Fields(json, "answer").objects("XAttrs");
  return xattrs.map((fields) => ({
    name: fields.text("name"),
    value: decodeHex(fields.textOrNull("value")),
  }));
}

function decodeHex(text: string | null): Uint8Array {
  if (text === null) return new Uint8Array();
  const digits = /^0x((?:[0-9a-fA-F]{2})*)$/.exec(text)?.[1];
  if (digits === undefined) throw new MalformedAnswer("an xattr's value is not hexadecimal");
  return Uint8Array.from({ length: digits.length / 2 }, (_, index) =>
    Number.parseInt(digits.slice(2 * index, 2 * index + 2), 16),
  );
}

/** `0x…` as SETXATTR takes it. An empty value is sent by leaving the parameter out. */
export function encodeHex(bytes: Uint8Array): string {
  return `0x${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

/** Answer of GETSTORAGEPOLICY. */
export function decodeStoragePolicy(json: unknown): StoragePolicy {
  const fields = new Fields(json, "answer").object("BlockStoragePolicy");
  return { id: fields.whole("id"), name: fields.text("name") };
}
