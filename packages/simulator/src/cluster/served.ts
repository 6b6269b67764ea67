/**
 * A cluster as a process reaches it: requests take time both ways and go on though the process dies, some are lost,
 * some answers are. What takes effect is told to whoever watches.
 */
import { CoevalError } from "@coeval/core/errors";
import { isWithin } from "@coeval/core/model/path";
import type { FileSystem } from "@coeval/drivers/memory/drivers";
import type { Life } from "../world/life.ts";
import type { Seed } from "../world/seed.ts";
import type { Timeline } from "../world/timeline.ts";

export interface ClusterFaults {
  /** Probability that a request never arrives. */
  readonly requestLost: number;
  /** Probability that it takes effect and its answer is lost. */
  readonly answerLost: number;
  /** What was cancelled may take effect all the same. */
  readonly lateEffects: boolean;
  /** Probability that a call takes up to `slowMsMax` longer. */
  readonly slow?: number;
  readonly slowMsMax?: number;
  /** Ms that a request still lies somewhere, at most, whose sender died while it was on its way. */
  readonly orphanedMsMax?: number;
  /** Requests about what lies at or below it reach the cluster only once this is over. */
  readonly stuckBelow?: string;
}

export const NO_CLUSTER_FAULTS: ClusterFaults = { requestLost: 0, answerLost: 0, lateEffects: false };

/** One call that took effect. */
export interface Call {
  readonly atMs: number;
  readonly cluster: string;
  readonly method: string;
  /** Every text among the arguments, in order: paths first. */
  readonly texts: readonly string[];
  readonly result: unknown;
  /** The life that called, so that calls of different processes can be told apart. */
  readonly by: string;
  /** The life was over by then: nobody could have held it back any more. */
  readonly orphaned: boolean;
}

export interface ServedOptions {
  readonly cluster: string;
  readonly timeline: Timeline;
  readonly seed: Seed;
  readonly latencyMs: readonly [least: number, most: number];
  readonly faults: () => ClusterFaults;
  readonly watch: (call: Call) => void;
}

export const MUTATING: ReadonlySet<string> = new Set([
  "makeDirectory",
  "create",
  "rename",
  "remove",
  "removeEmpty",
  "setOwner",
  "setMode",
  "setTimes",
  "setReplication",
  "setAcl",
  "removeAcl",
  "setXattr",
  "removeXattr",
  "allowSnapshot",
  "disallowSnapshot",
  "createSnapshot",
  "deleteSnapshot",
  "renameSnapshot",
]);
const STREAMING: ReadonlySet<string> = new Set(["open", "snapshotDiff"]);

/** A stuck request sees so often whether it is stuck no more. */
const STUCK_LOOK_MS = 500;

type Method = (...given: unknown[]) => unknown;

/** @param fs answers at once; all waiting is done here. */
export function serve(fs: FileSystem, life: Life, options: ServedOptions): FileSystem {
  const served: Record<string, unknown> = { user: fs.user };
  for (const [method, act] of Object.entries(fs)) {
    if (typeof act !== "function") continue;
    served[method] = STREAMING.has(method)
      ? streaming(act as Method, method, life, options)
      : asking(act as Method, method, life, options);
  }
  return served as unknown as FileSystem;
}

function asking(act: Method, method: string, life: Life, options: ServedOptions): Method {
  const { timeline, seed, latencyMs } = options;
  return (...given) => {
    const cancel = given.at(-1) as AbortSignal;
    const inner = [...given.slice(0, -1), new AbortController().signal];
    const faults = options.faults();
    const lost = seed.chance(faults.requestLost);
    const unanswered = seed.chance(faults.answerLost);
    const label = MUTATING.has(method) ? `fs.change.${method}` : `fs.read.${method}`;
    const going = life.port(label, async () => {
      const slowMs = seed.chance(faults.slow ?? 0) ? seed.between(0, faults.slowMsMax ?? 0) : 0;
      await timeline.pass(seed.between(...latencyMs) / 2 + slowMs / 2);
      if (!life.alive) await layAround(options);
      while (isStuck(options.faults(), given)) await timeline.pass(STUCK_LOOK_MS);
      if (lost) throw gone(options, method);
      if (cancel.aborted && !faults.lateEffects) throw cancel.reason;
      const result = await act(...inner);
      tell(options, method, given, result, life);
      await timeline.pass(seed.between(...latencyMs) / 2 + slowMs / 2);
      if (unanswered) throw gone(options, method);
      return result;
    });
    return untilCancelled(going, cancel, life);
  };
}

function streaming(act: Method, method: string, life: Life, options: ServedOptions): Method {
  const { timeline, seed, latencyMs } = options;
  return async function* (...given) {
    const cancel = given.at(-1) as AbortSignal;
    cancel.throwIfAborted();
    await life.port(`fs.read.${method}`, async () => {
      await timeline.pass(seed.between(...latencyMs));
      if (seed.chance(options.faults().requestLost)) throw gone(options, method);
    });
    tell(options, method, given, null, life);
    for await (const one of act(...given) as AsyncIterable<unknown>) {
      cancel.throwIfAborted();
      yield one;
    }
  };
}

/** For a while, and not longer than there are faults. */
async function layAround({ timeline, seed, faults }: ServedOptions): Promise<void> {
  const untilMs = timeline.nowMs + seed.between(0, faults().orphanedMsMax ?? 0);
  while (timeline.nowMs < untilMs && faults().orphanedMsMax !== undefined)
    await timeline.pass(Math.min(STUCK_LOOK_MS, untilMs - timeline.nowMs));
}

function tell(
  { watch, timeline, cluster }: ServedOptions,
  method: string,
  given: unknown[],
  result: unknown,
  life: Life,
): void {
  const texts = given.filter((each) => typeof each === "string");
  watch({ atMs: timeline.nowMs, cluster, method, texts, result, by: life.name, orphaned: !life.alive });
}

function gone({ cluster }: ServedOptions, method: string): CoevalError {
  return new CoevalError("unreachable", `the NameNode of ${cluster} did not answer ${method}`);
}

function isStuck({ stuckBelow }: ClusterFaults, given: readonly unknown[]): boolean {
  const [path] = given;
  return stuckBelow !== undefined && typeof path === "string" && isWithin(path, stuckBelow);
}

/** Rejects at once when it is cancelled; the request goes its way. */
function untilCancelled(going: Promise<unknown>, cancel: AbortSignal, life: Life): Promise<unknown> {
  // Whoever stopped waiting hears no failure of it either.
  going.catch(() => undefined);
  if (cancel.aborted) return Promise.reject(cancel.reason);
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      if (life.alive) reject(cancel.reason);
    };
    cancel.addEventListener("abort", abort, { once: true });
    going.then(resolve, reject).finally(() => cancel.removeEventListener("abort", abort));
  });
}
