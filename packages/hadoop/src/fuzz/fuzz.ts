/** Runs one decoder on frames of spoilt recordings: each must end in a value or in an error of the library's own, soon,
 * and without asking for more memory than its bytes explain. */
import { isHdfsError, REASONS_CHARACTERS_MAX } from "../errors.ts";
import { createChance, type Chance } from "./chance.ts";
import { spoil } from "./spoil.ts";

/** A decoder, or a whole exchange with a scripted server, as it is fuzzed. */
export interface FuzzTarget {
  /** As the command line names it. */
  readonly name: string;
  /** Decodes bytes that come from `spoilt`, which it calls for everything the server says. What it throws is judged by
   * `isOwn`; a value that is wrong it throws itself, as a {@link WrongValue}. */
  readonly run: (spoilt: Spoilt, chance: Chance) => unknown;
  /** The errors by which it may refuse. */
  readonly isOwn: (error: unknown) => boolean;
}

/** A recording, spoilt; `others` are recordings to mix it with. */
export type Spoilt = (seed: Uint8Array, others?: readonly Uint8Array[]) => Uint8Array;

/** The decoder ended well where it must not. */
export class WrongValue extends Error {
  override readonly name = "WrongValue";
}

/** An error that an operator can be shown: one line, not too long. */
export function isTellable(error: unknown): boolean {
  return isHdfsError(error) && error.message.length < MESSAGE_CHARACTERS_MAX && !error.message.includes("\n");
}

/** What the runner needs from outside: it is told of each frame before it begins, and measures. */
export interface FuzzGauge {
  /** Ms so far, of the time that counts for {@link FRAME_MS_MAX}. */
  elapsedMs(): number;
  /** A frame begins: whoever watches from outside sees which one hangs. */
  begin(frame: number): void;
  /** A turn of the event loop: until there is one, the engine keeps what weak references were looked at. */
  rest(): Promise<void>;
  /** Longest single buffer asked for since `begin`, in bytes; 0 where nobody measures. */
  largestBytes(): number;
}

/** A frame that must be looked at. */
export interface FuzzFind {
  readonly frame: number;
  readonly why: string;
  /** What the server was made to say, in order. */
  readonly said: readonly Uint8Array[];
}

/** Operation, path and code besides the reason. */
const MESSAGE_CHARACTERS_MAX = REASONS_CHARACTERS_MAX + 500;
const FRAMES_BETWEEN_RESTS = 1_024;
/** A frame that takes longer, each time it is tried, hangs. */
export const FRAME_MS_MAX = 100;
/** Once slow may be the machine's fault. */
const SLOW_TRIES = 5;
/** A buffer may be as long as what was said, some times over, and this besides. */
export const SPARE_BYTES_MAX = 256 * 1024;
const COPIES_MAX = 4;

/** The first find among the frames, or null. Frames are the same for the same seed, whatever `from`. */
export async function fuzz(
  target: FuzzTarget,
  { seed, from, frames }: { readonly seed: number; readonly from: number; readonly frames: number },
  gauge: FuzzGauge,
): Promise<FuzzFind | null> {
  for (let frame = from; frame < from + frames; frame++) {
    if (frame % FRAMES_BETWEEN_RESTS === 0) await gauge.rest();
    gauge.begin(frame);
    let { find, tookMs } = await once(target, seed, frame, gauge);
    for (let tries = 1; find === null && tookMs > FRAME_MS_MAX && tries < SLOW_TRIES; tries++)
      ({ find, tookMs } = await once(target, seed, frame, gauge));
    if (find !== null) return find;
    if (tookMs > FRAME_MS_MAX) return { frame, why: `took ${Math.round(tookMs)} ms each time`, said: [] };
  }
  return null;
}

async function once(
  target: FuzzTarget,
  seed: number,
  frame: number,
  gauge: FuzzGauge,
): Promise<{ find: FuzzFind | null; tookMs: number }> {
  const chance = createChance(seed, target.name, frame);
  const said: Uint8Array[] = [];
  let saidBytes = 0;
  const spoilt: Spoilt = (bytes, others) => {
    const made = spoil(bytes, chance, others);
    said.push(made);
    saidBytes += made.length;
    return made;
  };
  const startMs = gauge.elapsedMs();
  let why: string | null = null;
  try {
    // Most decoders answer at once, and a turn of the loop for each would take longer than they do.
    const value = target.run(spoilt, chance);
    if (value instanceof Promise) await value;
  } catch (error) {
    if (!target.isOwn(error)) why = error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
  const tookMs = gauge.elapsedMs() - startMs;
  const bound = SPARE_BYTES_MAX + COPIES_MAX * saidBytes;
  const largest = gauge.largestBytes();
  if (why === null && largest > bound)
    why = `asked for ${largest} bytes at once, where ${saidBytes} were said`;
  return { find: why === null ? null : { frame, why, said }, tookMs };
}
