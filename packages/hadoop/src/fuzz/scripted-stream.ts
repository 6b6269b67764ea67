/** A byte stream that says what it is given, cut into pieces by chance, whatever is sent to it. */
import type { ByteStream } from "../world.ts";
import type { Chance } from "./chance.ts";

const PIECES_MAX = 6;

/** The same bytes in some pieces, none of them empty. */
export function pieces(bytes: Uint8Array, chance: Chance): Uint8Array[] {
  const cuts = Array.from({ length: chance.below(PIECES_MAX) }, () => chance.below(bytes.length + 1));
  const ends = [...cuts.toSorted((one, other) => one - other), bytes.length];
  let from = 0;
  return ends.flatMap((end) => {
    const piece = bytes.subarray(from, end);
    from = end;
    return piece.length === 0 ? [] : [piece];
  });
}

/** Ends in order after the last byte. */
export function scriptedStream(bytes: Uint8Array, chance: Chance): ByteStream {
  const left = pieces(bytes, chance);
  let closed = false;
  return {
    async read() {
      if (closed) throw Object.assign(new Error("closed"), { streamFailure: "reset" });
      return left.shift() ?? null;
    },
    write: async () => undefined,
    close() {
      closed = true;
    },
  };
}
