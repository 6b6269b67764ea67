/**
 * Who may do what in the file system in memory: superuser, owner, group, other, by permission bits.
 * Named ACL entries are kept and shown but grant nothing here.
 */
import { CoevalError } from "@coeval/core/errors";
import type { Inode } from "./inode.ts";
import type { NameSystem, Resolved, Step } from "./name-system.ts";

export const READ = 4;
export const WRITE = 2;
export const EXECUTE = 1;

/** What checkAccess would refuse is false. */
export function mayAccess(names: NameSystem, user: string, resolved: Resolved, access: number): boolean {
  const { node } = resolved.steps.at(-1) as Step;
  if (user === names.superuser) return true;
  const passes = resolved.steps
    .slice(0, -1)
    .every((step) => (bitsFor(names, user, step.node) & EXECUTE) !== 0);
  return passes && (bitsFor(names, user, node) & access) === access;
}

/** Refuses a path whose directories the user may not pass, and, with `access`, whose last node denies it. */
export function checkAccess(names: NameSystem, user: string, resolved: Resolved, access: number): void {
  if (user === names.superuser) return;
  const whole = resolved.missing.length === 0;
  const passed = whole ? resolved.steps.slice(0, -1) : resolved.steps;
  for (const step of passed) {
    if (step.node.type === "directory") demand(names, user, step, EXECUTE, resolved);
  }
  if (whole && access !== 0) demand(names, user, resolved.steps.at(-1) as Step, access, resolved);
}

/** Refuses a change to the directory's names. */
export function checkParent(names: NameSystem, user: string, resolved: Resolved): void {
  if (user === names.superuser) return;
  checkAccess(names, user, resolved, 0);
  const parent = resolved.missing.length === 0 ? resolved.steps.at(-2) : resolved.steps.at(-1);
  if (parent) demand(names, user, parent, WRITE, resolved);
}

/** Refuses all but owner and superuser. */
export function checkOwner(names: NameSystem, user: string, resolved: Resolved): void {
  if (user === names.superuser) return;
  checkAccess(names, user, resolved, 0);
  const node = (resolved.steps.at(-1) as Step).node;
  if (node.owner !== user) throw denied(user, resolved, "is not the owner");
}

export function checkSuperuser(names: NameSystem, user: string): void {
  if (user === names.superuser) return;
  throw new CoevalError("no-right", `Access denied for user ${user}. Superuser privilege is required`);
}

function demand(names: NameSystem, user: string, step: Step, access: number, resolved: Resolved): void {
  if ((bitsFor(names, user, step.node) & access) === access) return;
  throw denied(user, resolved, `access=${access} on '${step.name}' of ${step.node.owner}:${step.node.group}`);
}

function bitsFor(names: NameSystem, user: string, node: Inode): number {
  if (node.owner === user) return node.mode >> 6;
  if (node.group === user || names.groups.get(user)?.includes(node.group)) return node.mode >> 3;
  return node.mode;
}

function denied(user: string, resolved: Resolved, why: string): CoevalError {
  const path = `${resolved.steps.map(({ name }) => name).join("/")}/${resolved.missing.join("/")}`;
  return new CoevalError("no-right", `Permission denied: user=${user}, path=${path}: ${why}`);
}
