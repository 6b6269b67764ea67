/**
 * The whole ACL that HDFS wants to be given, out of an entry's mode and its entries beyond the mode.
 * With named entries the mode's group bits hold the mask, and the group's own rights stand among the entries
 * (HDFS Permissions Guide, "ACLs").
 */
import type { Entry } from "@coeval/core/model/entry";

export function aclEntries(entry: Entry): readonly string[] {
  const beyond = entry.acl ?? [];
  const named = beyond.some((each) => !each.startsWith("default:"));
  const group = letters(entry.mode >> 3);
  return [
    `user::${letters(entry.mode >> 6)}`,
    ...(named ? [`mask::${group}`] : [`group::${group}`]),
    `other::${letters(entry.mode)}`,
    ...beyond,
  ];
}

function letters(bits: number): string {
  return `${bits & 4 ? "r" : "-"}${bits & 2 ? "w" : "-"}${bits & 1 ? "x" : "-"}`;
}
