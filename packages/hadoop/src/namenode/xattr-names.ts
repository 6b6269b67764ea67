/** Names of extended attributes: with their namespace as text on our side, apart on the wire. Source:
 * XAttrHelper.buildXAttr, XAttrHelper.getPrefixedName of hadoop-hdfs-client 3.4. */
import type { XAttr } from "../hdfs/xattr.ts";
import { type XAttrProto, XAttrProto_XAttrNamespaceProto as Namespace } from "../proto/generated/xattr_pb.ts";

const NAMESPACES: Readonly<Record<string, Namespace>> = {
  user: Namespace.USER,
  trusted: Namespace.TRUSTED,
  security: Namespace.SECURITY,
  system: Namespace.SYSTEM,
  raw: Namespace.RAW,
};
const NAMES: Readonly<Record<Namespace, string>> = {
  [Namespace.USER]: "user",
  [Namespace.TRUSTED]: "trusted",
  [Namespace.SECURITY]: "security",
  [Namespace.SYSTEM]: "system",
  [Namespace.RAW]: "raw",
};

/** Null when `name` has no namespace of HDFS, or nothing after it. */
export function parseXAttrName(
  name: string,
): { readonly namespace: Namespace; readonly name: string } | null {
  const [, prefix = "", rest = ""] = /^([a-z]+)\.(.+)$/is.exec(name) ?? [];
  const namespace = NAMESPACES[prefix.toLowerCase()];
  return namespace === undefined ? null : { namespace, name: rest };
}

/** An absent value is an empty one. */
export function toXAttr({ namespace, name, value }: XAttrProto): XAttr {
  return { name: `${NAMES[namespace]}.${name}`, value };
}
