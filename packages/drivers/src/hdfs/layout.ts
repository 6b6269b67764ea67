/** Where things lie in a holding directory, and the marks on it. */
import { CoevalError } from "@coeval/core/errors";
import { joinPath } from "@coeval/core/model/path";
import type { Holding, Staged } from "@coeval/core/ports/target";
import type { FileSystem } from "./file-system.ts";

/** Below the holding directory, so that quota, zone and policies are the live tree's; absent from every sealed point. */
export const STAGE = ".coeval-stage";
/** Closed to all but coeval's principal between seals. */
export const CLOSED_MODE = 0o700;
/** Of the holding directory inside a sealed snapshot: readers pass and list it. */
export const OPEN_MODE = 0o755;
/** The newest sealed point's snapshot: where readers look. */
export const CURRENT = "current";
/** Names which service a holding directory belongs to. */
export const SERVICE_MARK = "coeval.service";
/** Set before a snapshot is taken, so that the snapshot itself says which point it is. */
export const POINT_MARK = "coeval.point";

export function stagePath(holding: Holding): string {
  return joinPath(holding.directory, STAGE);
}

export function runStagePath(holding: Holding): string {
  return `${stagePath(holding)}/${holding.run}`;
}

export function newRootPath(holding: Holding): string {
  return `${runStagePath(holding)}/new`;
}

export function asideRootPath(holding: Holding): string {
  return `${runStagePath(holding)}/aside`;
}

/** What the switch does, in the run's staging: cleared with it. */
export function journalPath(holding: Holding): string {
  return `${runStagePath(holding)}/journal`;
}

export function stagedPath(holding: Holding, at: Staged): string {
  return joinPath(`${newRootPath(holding)}/${at.top}`, at.relative);
}

export function asidePath(holding: Holding, number: number): string {
  return `${asideRootPath(holding)}/${number}`;
}

/** @throws CoevalError `defect` for a set that the holding does not name. */
export function livePath(holding: Holding, set: string, path: string): string {
  const place = holding.sets.find(({ name }) => name === set);
  if (!place) throw new CoevalError("defect", `data set '${set}' has no place in ${holding.directory}`);
  return joinPath(joinPath(holding.directory, place.relative), path);
}

export function pointSnapshotName(point: string): string {
  return `coeval-${point}`;
}

/** Directories between the holding directory and the data sets, relative to it, outermost first. */
export function setParents(holding: Holding): ReadonlySet<string> {
  const parents = new Set<string>();
  for (const { relative } of holding.sets) {
    const names = relative.split("/");
    for (let i = 1; i < names.length; i++) parents.add(names.slice(0, i).join("/"));
  }
  return parents;
}

/** A mark's value, whichever namespace it had to be put into; null when there is none. */
export async function readMark(
  fs: FileSystem,
  path: string,
  mark: string,
  cancel: AbortSignal,
): Promise<string | null> {
  const xattrs = await fs.xattrs(path, cancel);
  const found = xattrs.find(([name]) => name === `trusted.${mark}` || name === `user.${mark}`);
  return found ? fromHex(found[1]) : null;
}

/** Only a superuser can set or remove what is `trusted.`; others make do with `user.`. */
export async function writeMark(
  fs: FileSystem,
  path: string,
  mark: string,
  value: string,
  cancel: AbortSignal,
): Promise<void> {
  const namespace = (await fs.superuser(cancel)) ? "trusted" : "user";
  await fs.setXattr(path, [`${namespace}.${mark}`, toHex(value)], cancel);
}

function toHex(text: string): string {
  return Array.from(new TextEncoder().encode(text), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function fromHex(hex: string): string {
  const bytes = Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  return new TextDecoder("utf-8").decode(bytes);
}
