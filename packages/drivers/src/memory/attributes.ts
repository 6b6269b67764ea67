/** Attributes in the file system in memory: owner, mode, times, replication, ACL, xattrs, with HDFS's rules about who may. */
import { CoevalError } from "@coeval/core/errors";
import type { Xattr } from "../hdfs/file-system.ts";
import { change } from "./edit.ts";
import { get, type NameSystem, own, resolve } from "./name-system.ts";
import { checkAccess, checkOwner, checkSuperuser, WRITE } from "./rights.ts";

export function setOwner(names: NameSystem, user: string, path: string, owner: string, group: string): void {
  change(names, path);
  const node = get(names, path);
  checkOwner(names, user, resolve(names, path));
  const groups = [user, ...(names.groups.get(user) ?? [])];
  if (owner !== node.owner || !groups.includes(group)) checkSuperuser(names, user);
  Object.assign(own(names, path), { owner, group });
}

export function setMode(names: NameSystem, user: string, path: string, mode: number): void {
  change(names, path);
  get(names, path);
  checkOwner(names, user, resolve(names, path));
  own(names, path).mode = mode & 0o1777;
}

export function setTimes(
  names: NameSystem,
  user: string,
  path: string,
  mtimeMs: number,
  atimeMs: number | null,
): void {
  change(names, path);
  get(names, path);
  checkAccess(names, user, resolve(names, path), WRITE);
  const node = own(names, path);
  node.mtimeMs = mtimeMs;
  if (node.type === "file" && atimeMs !== null) node.atimeMs = atimeMs;
}

export function setReplication(names: NameSystem, user: string, path: string, replication: number): void {
  change(names, path);
  get(names, path);
  checkAccess(names, user, resolve(names, path), WRITE);
  const node = own(names, path);
  if (node.type === "file") node.replication = replication;
}

/** Takes the permission bits out of the entries, as HDFS stores them; `mask` and base entries are not kept as entries. */
export function setAcl(names: NameSystem, user: string, path: string, entries: readonly string[]): void {
  change(names, path);
  get(names, path);
  checkOwner(names, user, resolve(names, path));
  const access = entries.filter((entry) => !entry.startsWith("default:"));
  const defaults = entries.filter((entry) => entry.startsWith("default:"));
  const named = access.filter((entry) => /^(user|group):[^:]/.test(entry));
  const bits = (prefix: string): number => {
    const entry = access.find((each) => each.startsWith(prefix));
    if (!entry) throw new CoevalError("cluster-refused", `Invalid ACL: no '${prefix}' entry for ${path}`);
    return permissionBits(entry.slice(prefix.length));
  };
  const extended = named.length > 0;
  if (defaults.length > 0 && get(names, path).type !== "directory") {
    throw new CoevalError("cluster-refused", `Invalid ACL: only directories may have a default ACL: ${path}`);
  }
  const node = own(names, path);
  const sticky = node.mode & 0o1000;
  node.mode = sticky | (bits("user::") << 6) | (bits(extended ? "mask::" : "group::") << 3) | bits("other::");
  const group = access.filter((entry) => entry.startsWith("group::"));
  node.acl = extended ? [...named, ...group, ...defaults].sort() : defaults.sort();
}

export function removeAcl(names: NameSystem, user: string, path: string): void {
  change(names, path);
  get(names, path);
  checkOwner(names, user, resolve(names, path));
  const node = own(names, path);
  const group = node.acl.find((entry) => entry.startsWith("group::"));
  if (group) node.mode = (node.mode & 0o1707) | (permissionBits(group.slice("group::".length)) << 3);
  node.acl = [];
}

export function setXattr(names: NameSystem, user: string, path: string, xattr: Xattr): void {
  change(names, path);
  get(names, path);
  checkXattr(names, user, path, xattr[0]);
  const node = own(names, path);
  const others = node.xattrs.filter(([name]) => name !== xattr[0]);
  node.xattrs = [...others, xattr].sort(([a], [b]) => (a < b ? -1 : 1));
}

export function removeXattr(names: NameSystem, user: string, path: string, name: string): void {
  change(names, path);
  get(names, path);
  checkXattr(names, user, path, name);
  const node = own(names, path);
  node.xattrs = node.xattrs.filter(([each]) => each !== name);
}

/** What the user may see of them: `trusted.` is the superuser's. */
export function visibleXattrs(names: NameSystem, user: string, path: string): readonly Xattr[] {
  const all = get(names, path).xattrs;
  return user === names.superuser ? all : all.filter(([name]) => name.startsWith("user."));
}

function checkXattr(names: NameSystem, user: string, path: string, name: string): void {
  if (name.startsWith("trusted.")) return checkSuperuser(names, user);
  if (!name.startsWith("user."))
    throw new CoevalError("no-right", `User doesn't have permission for xattr: ${name}`);
  checkAccess(names, user, resolve(names, path), WRITE);
}

function permissionBits(text: string): number {
  return (text[0] === "r" ? 4 : 0) | (text[1] === "w" ? 2 : 0) | (text[2] === "x" ? 1 : 0);
}
