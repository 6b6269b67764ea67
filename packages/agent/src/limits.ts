/** The agent's own limits: what it may read, snapshot and write on its cluster, whoever instructs it. The control device cannot change them. */
import { CoevalError } from "@coeval/core/errors";
import { checkPath, isWithin, joinPath } from "@coeval/core/model/path";
import { fixedPrefix } from "@coeval/core/model/set-pattern";
import type { Instruction } from "@coeval/core/protect/instruction";

export interface Limits {
  /** Directories whose data sets it may snapshot and read, with all below. */
  readonly readPrefixes: readonly string[];
  /** Directories below which holding directories may lie. */
  readonly writePrefixes: readonly string[];
  /** Bytes a second of all its transfers together, sent and received; without it as the links give. */
  readonly bytesPerSecond?: number;
  /** Transfers that move data at a time; without it TRANSFERS_MAX_DEFAULT. */
  readonly transfersMax?: number;
  /** Sealed points of each service that are never deleted from here; without it none. */
  readonly keepPointsMin?: number;
  /** How old a point must be before it may be deleted, ms; without it of any age. */
  readonly keepAgeMsMin?: number;
}

/** @throws CoevalError `beyond-limits` naming what is not allowed and by which limit; `bad-path`. */
export function checkLimits(limits: Limits, instruction: Instruction): void {
  const { order } = instruction;
  if (order.step === "take-snapshots") {
    for (const { path } of order.patterns ?? [])
      requirePrefix(limits.readPrefixes, fixedPrefix(path), "read", "snapshot and read");
    for (const set of order.sets) requirePrefix(limits.readPrefixes, set.path, "read", "snapshot and read");
  }
  // An agent that took over may have to seal what another one opened.
  if (order.step === "seal")
    requirePrefix(limits.writePrefixes, order.body.secondary.directory, "write", "write");
  if (order.step === "open-holding") {
    requirePrefix(limits.writePrefixes, order.directory, "write", "write");
    for (const set of order.sets) checkPath(joinPath(order.directory, set.relative), `sets.${set.name}`);
  }
}

/** @throws CoevalError `beyond-limits`; `bad-path` for one that is not normal: `/allowed/../other` begins with what is allowed. */
export function requirePrefix(
  prefixes: readonly string[],
  path: string,
  limit: "read" | "write",
  doing: string,
): void {
  if (checkPath(path, limit) === path && prefixes.some((prefix) => isWithin(path, prefix))) return;
  const allowed = prefixes.length === 0 ? "nothing" : prefixes.join(", ");
  throw new CoevalError(
    "beyond-limits",
    `this agent may not ${doing} ${path}; limits.yaml allows ${limit}: ${allowed}`,
  );
}
