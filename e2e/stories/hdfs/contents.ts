// Contents of files that are known without being kept: pieces made from a number each, so that any range of any file can
// be compared at any time.

export interface Piece {
  readonly seed: number;
  readonly bytes: number;
}

const STEP_BYTES = 64 * 1024;

export function lengthOf(pieces: readonly Piece[]): number {
  return pieces.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** The bytes of one piece, in steps. */
export function* stepsOf({ seed, bytes }: Piece, stepBytes = STEP_BYTES): Generator<Uint8Array> {
  let state = (seed * 2_654_435_761) | 1;
  for (let at = 0; at < bytes; at += stepBytes) {
    const step = new Uint8Array(Math.min(stepBytes, bytes - at));
    for (let place = 0; place < step.length; place++) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
      step[place] = state >>> 24;
    }
    yield step;
  }
}

/** All pieces, one after the other. */
export function wholeOf(pieces: readonly Piece[]): Uint8Array {
  const whole = new Uint8Array(lengthOf(pieces));
  let at = 0;
  for (const piece of pieces) {
    for (const step of stepsOf(piece)) {
      whole.set(step, at);
      at += step.length;
    }
  }
  return whole;
}
