/** Entries of access control lists: as text on our side, as messages on the wire. Source: AclEntry.parseAclSpec,
 * AclEntry.toStringStable of hadoop-common 3.4. */
import type { MessageInitShape } from "@bufbuild/protobuf";
import {
  type AclEntryProto,
  AclEntryProto_AclEntryScopeProto as Scope,
  AclEntryProto_AclEntryTypeProto as Type,
  type AclEntryProto_FsActionProto as Action,
  type AclEntryProtoSchema,
} from "../proto/generated/acl_pb.ts";

const TYPES: Readonly<Record<string, Type>> = {
  user: Type.USER,
  group: Type.GROUP,
  mask: Type.MASK,
  other: Type.OTHER,
};
const NAMES: Readonly<Record<Type, string>> = {
  [Type.USER]: "user",
  [Type.GROUP]: "group",
  [Type.MASK]: "mask",
  [Type.OTHER]: "other",
};

/** `[default:]type:[name]:rwx`; null when the text is no entry. */
export function parseAclEntry(text: string): MessageInitShape<typeof AclEntryProtoSchema> | null {
  const match = /^(default:)?(user|group|mask|other):([^:]*):([r-][w-][x-])$/.exec(text);
  const [, scope, kind = "", name = "", rights = ""] = match ?? [];
  const type = TYPES[kind];
  const permissions = toAction(rights);
  if (type === undefined || permissions === null) return null;
  const named = name === "" ? {} : { name };
  return { type, scope: scope === undefined ? Scope.ACCESS : Scope.DEFAULT, permissions, ...named };
}

/** As {@link parseAclEntry} reads it. */
export function formatAclEntry({ type, scope, name, permissions }: AclEntryProto): string {
  const prefix = scope === Scope.DEFAULT ? "default:" : "";
  return `${prefix}${NAMES[type]}:${name}:${formatAction(permissions)}`;
}

/** `r-x` and the like; null for anything else. */
export function toAction(text: string): Action | null {
  if (!/^[r-][w-][x-]$/.test(text)) return null;
  return ((text[0] === "r" ? 4 : 0) | (text[1] === "w" ? 2 : 0) | (text[2] === "x" ? 1 : 0)) as Action;
}

function formatAction(action: Action): string {
  return `${action & 4 ? "r" : "-"}${action & 2 ? "w" : "-"}${action & 1 ? "x" : "-"}`;
}
