/** What the conformance suite needs from its runner and from the cluster under test, and its few assertions. */
import { CoevalError, type ErrorCode } from "@coeval/core/errors";
import type { Source } from "@coeval/core/ports/source";
import type { Target } from "@coeval/core/ports/target";
import type { FileSystem } from "../hdfs/file-system.ts";

/** The runner's `test`; node:test's own fits. */
export type Test = (name: string, body: () => Promise<void>) => unknown;

export interface ConformanceCluster {
  /** A superuser's drivers and view. */
  readonly source: Source;
  readonly target: Target;
  readonly fs: FileSystem;
  /** Another user's. */
  readonly as: (user: string) => FileSystem;
  readonly sourceAs: (user: string) => Source;
  readonly targetAs: (user: string) => Target;
  /** Appends to a closed file and closes it. */
  append(path: string, bytes: Uint8Array): Promise<void>;
  /** Cuts a closed file; resolves when it may be written again. */
  truncate(path: string, length: number): Promise<void>;
  /** Opens a new file and leaves it open; null where the test cannot do that. */
  openForWrite(path: string): Promise<OpenForWrite | null>;
  setQuota(
    directory: string,
    quota: { readonly names: number | null; readonly bytes: number | null },
  ): Promise<void>;
}

export interface OpenForWrite {
  /** Resolves when the name system knows the file's new length. */
  write(bytes: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

/** One test's ground: a folder of its own. */
export interface Ground {
  readonly cluster: ConformanceCluster;
  /** Absolute; exists, passable for all. */
  readonly folder: string;
  readonly cancel: AbortSignal;
}

/** Tests share these: a cluster (or a new one each time) and a counter for folders. */
export type Scenario = (name: string, body: (ground: Ground) => Promise<void>) => void;

export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(message);
}

export function assertEqual(found: unknown, wanted: unknown, what: string): void {
  const [a, b] = [JSON.stringify(found), JSON.stringify(wanted)];
  if (a !== b) throw new Error(`${what}: found ${a} instead of ${b}`);
}

/** The failure, when it has the code; anything else throws. */
export async function refused(action: Promise<unknown>, code: ErrorCode): Promise<CoevalError> {
  let outcome: unknown;
  try {
    outcome = await action;
  } catch (thrown) {
    if (thrown instanceof CoevalError && thrown.code === code) return thrown;
    throw thrown;
  }
  throw new Error(`not refused as ${code} but answered ${JSON.stringify(outcome)}`);
}
