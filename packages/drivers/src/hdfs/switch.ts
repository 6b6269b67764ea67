/**
 * The switch: renames that make the staged tree live, and their inverses. Where things lie says how far a step is,
 * so each may be repeated. In both directions renames come before attributes and times, which renames would spoil;
 * taking back includes the steps that were never performed: their times put right what renames moved.
 */
import { CoevalError } from "@coeval/core/errors";
import type { Entry } from "@coeval/core/model/entry";
import type { Holding, SwitchStep } from "@coeval/core/ports/target";
import { applyAttributes, proveAttributes } from "./attributes.ts";
import type { FileSystem } from "./file-system.ts";
import { asidePath, asideRootPath, CLOSED_MODE, livePath, stagedPath } from "./layout.ts";

export async function performStep(
  fs: FileSystem,
  holding: Holding,
  step: SwitchStep,
  cancel: AbortSignal,
): Promise<void> {
  switch (step.kind) {
    case "remove":
      return await setAside(fs, holding, step, cancel);
    case "place":
      return await place(fs, holding, step, cancel);
    case "attributes":
      return await makeEqual(fs, holding, step.entry, cancel);
    case "times":
      return await setTimes(fs, livePath(holding, step.entry.set, step.entry.path), step.entry, cancel);
  }
}

export async function undoStep(
  fs: FileSystem,
  holding: Holding,
  step: SwitchStep,
  cancel: AbortSignal,
): Promise<void> {
  switch (step.kind) {
    case "remove":
      return await bringBack(fs, holding, step, cancel);
    case "place":
      return await displace(fs, holding, step, cancel);
    case "attributes":
      return await makeEqual(fs, holding, step.before, cancel);
    case "times":
      if (step.before === null) return;
      return await setTimes(fs, livePath(holding, step.entry.set, step.entry.path), step.before, cancel);
  }
}

type Remove = Extract<SwitchStep, { kind: "remove" }>;
type Place = Extract<SwitchStep, { kind: "place" }>;

async function setAside(fs: FileSystem, holding: Holding, step: Remove, cancel: AbortSignal): Promise<void> {
  const live = livePath(holding, step.set, step.path);
  const aside = asidePath(holding, step.number);
  await beginSwitch(fs, holding, cancel);
  const outcome = await fs.rename(live, aside, cancel);
  if (outcome === "renamed" || outcome === "taken") return;
  if (await fs.status(aside, cancel)) return;
  throw conflict(live, "was to be set aside but is gone");
}

async function place(fs: FileSystem, holding: Holding, step: Place, cancel: AbortSignal): Promise<void> {
  const live = livePath(holding, step.set, step.path);
  const staged = stagedPath(holding, { top: step.top, relative: "" });
  await beginSwitch(fs, holding, cancel);
  const outcome = await fs.rename(staged, live, cancel);
  if (outcome === "renamed") return;
  if (outcome === "taken") throw conflict(live, "is in the way of the staged one");
  if (!(await fs.status(live, cancel)))
    throw conflict(live, "was to be placed but is neither staged nor live");
}

/** Inverse of setAside. */
async function bringBack(fs: FileSystem, holding: Holding, step: Remove, cancel: AbortSignal): Promise<void> {
  const live = livePath(holding, step.set, step.path);
  const aside = asidePath(holding, step.number);
  const outcome = await fs.rename(aside, live, cancel);
  if (outcome === "taken") throw conflict(live, "is in the way of the one that was set aside");
}

async function displace(fs: FileSystem, holding: Holding, step: Place, cancel: AbortSignal): Promise<void> {
  const live = livePath(holding, step.set, step.path);
  const staged = stagedPath(holding, { top: step.top, relative: "" });
  if (await fs.status(staged, cancel)) return;
  const outcome = await fs.rename(live, staged, cancel);
  if (outcome === "no-source") throw conflict(live, "is neither live nor staged");
}

async function makeEqual(fs: FileSystem, holding: Holding, entry: Entry, cancel: AbortSignal): Promise<void> {
  const path = livePath(holding, entry.set, entry.path);
  const status = await fs.status(path, cancel);
  if (status?.type !== entry.type) throw conflict(path, `is no ${entry.type}`);
  await applyAttributes(fs, path, entry, status, "live", cancel);
  await proveAttributes(fs, path, entry, "live", cancel);
}

async function setTimes(fs: FileSystem, path: string, entry: Entry, cancel: AbortSignal): Promise<void> {
  const status = await fs.status(path, cancel);
  if (status?.type !== "directory") throw conflict(path, "is no directory");
  if (status.mtimeMs !== entry.mtimeMs) await fs.setTimes(path, entry.mtimeMs, null, cancel);
}

/** The folder's existence says that the switch has begun: from then on the base does not tell how the tree must look. */
async function beginSwitch(fs: FileSystem, holding: Holding, cancel: AbortSignal): Promise<void> {
  await fs.makeDirectory(asideRootPath(holding), CLOSED_MODE, cancel);
}

function conflict(path: string, why: string): CoevalError {
  return new CoevalError("conflict", `${path} ${why}`, { evidence: [path] });
}
