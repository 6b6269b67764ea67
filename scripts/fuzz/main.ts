// `npm run fuzz -- [--frames 1048576] [--decoder NAME] [--seed 1] [--from 0]`: spoilt recordings of real servers for every
// decoder of packages/hadoop. Each frame must end in a value or an error of the library's own, within 100 ms, asking
// for no more memory than its bytes explain; and the heap must not grow. Ends with `N passed, N failed`; a find is told
// with the one command that repeats it.
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import { FUZZ_TARGETS } from "../../packages/hadoop/src/fuzz/targets.ts";
import type { Result, Work } from "./worker.ts";

const FRAMES_DEFAULT = 2 ** 20;
const WRONG_USAGE = 2;
/** A frame under way for so long hangs: it may be the machine's fault for a while. */
const HANG_MS = 60_000;
const LOOK_MS = 1_000;
const SHOWN_CHARACTERS_MAX = 2_000;
const HEAP_MIB_MAX = 512;
/** Decoders under way. */
const AT_ONCE = 2;
/** Between a quarter of the frames and the end, with room for what the engine compiles and keeps. */
const GROWTH_BYTES_MAX = 8 * 1024 * 1024;

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const asked = read();
if (asked === null) {
  const names = FUZZ_TARGETS.map(({ name }) => name).join(", ");
  process.stderr.write(
    `usage: npm run fuzz -- [--frames N] [--decoder NAME] [--seed N] [--from N]\ndecoders: ${names}\n`,
  );
  process.exit(WRONG_USAGE);
}
let failed = 0;
const left = [...asked.decoders];
await Promise.all(
  Array.from({ length: AT_ONCE }, async () => {
    for (let decoder = left.shift(); decoder !== undefined; decoder = left.shift())
      await tell(decoder, asked);
  }),
);
say(`${asked.decoders.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

async function tell(decoder: string, { seed, from, frames }: Omit<Work, "at" | "decoder">): Promise<void> {
  const at = new Int32Array(new SharedArrayBuffer(4));
  const outcome = await run({ decoder, seed, from, frames, at });
  const wrong = faultOf(outcome);
  if (wrong !== null) {
    failed++;
    const frame = typeof outcome === "string" || outcome.find === null ? at[0] : outcome.find.frame;
    say(`✖ ${decoder}, seed ${seed}, frame ${frame}: ${wrong}`);
    say(`  again: npm run fuzz -- --decoder ${decoder} --seed ${seed} --from ${frame} --frames 1`);
    return;
  }
  const { seconds, earlyBytes, lateBytes } = outcome as Result;
  const rate = Math.round(frames / seconds).toLocaleString("en");
  const kept = `kept ${mib(earlyBytes)} MiB, then ${mib(lateBytes)}`;
  say(`✔ ${decoder.padEnd(20)} ${frames} frames, ${rate} a second; ${kept}`);
}

function read() {
  try {
    const { values } = parseArgs({
      options: {
        frames: { type: "string", default: String(FRAMES_DEFAULT) },
        from: { type: "string", default: "0" },
        seed: { type: "string", default: "1" },
        decoder: { type: "string" },
      },
    });
    const whole = (text: string): number => {
      if (!/^\d{1,9}$/.test(text)) throw new TypeError(`${text} is no whole number`);
      return Number(text);
    };
    const all = FUZZ_TARGETS.map(({ name }) => name);
    const decoders = values.decoder === undefined ? all : all.filter((name) => name === values.decoder);
    if (decoders.length === 0) throw new TypeError(`no decoder is named ${values.decoder}`);
    return {
      decoders,
      frames: whole(values.frames),
      from: whole(values.from),
      seed: whole(values.seed),
    };
  } catch (error) {
    process.stderr.write(`fuzz: ${(error as Error).message}\n`);
    return null;
  }
}

/** What the thread found, or how it ended without a result. */
function run(work: Work): Promise<Result | string> {
  return new Promise((resolve) => {
    const worker = new Worker(new URL("./worker.ts", import.meta.url), {
      workerData: work,
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MIB_MAX },
    });
    let seen = -1;
    let seenMs = performance.now();
    const end = (outcome: Result | string): void => {
      clearInterval(timer);
      resolve(outcome);
    };
    const timer = setInterval(() => {
      const frame = Atomics.load(work.at, 0);
      if (frame !== seen) [seen, seenMs] = [frame, performance.now()];
      if (performance.now() - seenMs <= HANG_MS) return;
      end(`hangs: ${HANG_MS} ms and no end`);
      // One that has ended by itself is left alone: to end it then can abort the process (Node 26.10).
      void worker.terminate();
    }, LOOK_MS);
    worker.once("message", (result: Result) => end(result));
    worker.once("error", (error: unknown) =>
      end(error instanceof Error ? (error.stack ?? String(error)) : String(error)),
    );
    worker.once("exit", (code) => end(`the thread ended by itself, status ${code}`));
  });
}

function faultOf(outcome: Result | string): string | null {
  if (typeof outcome === "string") return outcome;
  const { find, earlyBytes, lateBytes } = outcome;
  if (find !== null)
    return `${find.why.slice(0, SHOWN_CHARACTERS_MAX)}\n  the server said: ${find.said.join(" | ") || "(not kept)"}`;
  if (lateBytes - earlyBytes > GROWTH_BYTES_MAX && earlyBytes > 0)
    return `memory grows: ${mib(earlyBytes)} MiB, then ${mib(lateBytes)} MiB`;
  return null;
}

function mib(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(1);
}
