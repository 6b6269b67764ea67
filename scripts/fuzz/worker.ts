// One decoder in a thread of its own: the main thread sees the frame it is at, and ends it when it hangs.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { parentPort, workerData } from "node:worker_threads";
import { largestBytes, resetLargest } from "./gauge.ts";

/** What the main thread hands in. */
export interface Work {
  readonly decoder: string;
  readonly seed: number;
  readonly from: number;
  readonly frames: number;
  /** The frame under way. */
  readonly at: Int32Array;
}

/** What it is told at the end. */
export interface Result {
  readonly find: { readonly frame: number; readonly why: string; readonly said: readonly string[] } | null;
  readonly seconds: number;
  /** Of the heap and buffers after a collection: a quarter through, and at the end. */
  readonly earlyBytes: number;
  readonly lateBytes: number;
}

const SHOWN_BYTES_MAX = 200;
const STACK_LINES = 20;

const { fuzz } = await import("../../packages/hadoop/src/fuzz/fuzz.ts");
const { FUZZ_TARGETS } = await import("../../packages/hadoop/src/fuzz/targets.ts");
const { decoder, seed, from, frames, at } = workerData as Work;
setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;
const target = FUZZ_TARGETS.find(({ name }) => name === decoder);
if (target === undefined) throw new Error(`no decoder is named ${decoder}`);

// Most frames end in errors, whose stacks take longer than all else: only a frame that is repeated alone tells them.
Error.stackTraceLimit = frames === 1 ? STACK_LINES : 0;
let earlyBytes = 0;
const quarter = from + (frames >> 2);
const gauge = {
  // Of this thread's own work: on a loaded host a frame may well be kept waiting. One that waits for ever is seen by the
  // main thread.
  elapsedMs() {
    const { user, system } = process.threadCpuUsage();
    return (user + system) / 1000;
  },
  begin(frame: number) {
    Atomics.store(at, 0, frame);
    resetLargest();
    if (frame === quarter) earlyBytes = kept();
  },
  rest: () => new Promise<void>((resolve) => setImmediate(resolve)),
  largestBytes,
};
const start = performance.now();
const find = await fuzz(target, { seed, from, frames }, gauge);
const seconds = (performance.now() - start) / 1000;
const result: Result = {
  find: find && {
    ...find,
    said: find.said.map((bytes) => Buffer.from(bytes.subarray(0, SHOWN_BYTES_MAX)).toString("hex")),
  },
  seconds,
  earlyBytes,
  lateBytes: kept(),
};
parentPort?.postMessage(result);

function kept(): number {
  collect();
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
