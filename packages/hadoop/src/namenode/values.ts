/** Numbers and texts of the wire as this package's own: 64 bits as numbers where they fit, bytes as text. */
import { MalformedMessage } from "../proto/decode.ts";

/** A number from 0 that a double holds exactly. Throws {@link MalformedMessage}. */
export function count(value: bigint, field: string): number {
  const number = Number(value);
  if (value < 0n || !Number.isSafeInteger(number)) throw new MalformedMessage(`${field} is ${value}`);
  return number;
}

/** A signed number; unsigned fields carry Java's long, so the greatest ones mean negative ones. */
export function signed(value: bigint, field: string): number {
  const number = Number(BigInt.asIntN(LONG_BITS, value));
  if (!Number.isSafeInteger(number)) throw new MalformedMessage(`${field} is ${value}`);
  return number;
}

const LONG_BITS = 64;

/** A number as an unsigned field carries Java's long. */
export function toLong(value: number): bigint {
  return BigInt.asUintN(LONG_BITS, BigInt(value));
}

/** A limit; null where there is none: -1, and what no double holds (the root's quota is Java's greatest long). */
export function limit(value: bigint): number | null {
  const number = Number(BigInt.asIntN(LONG_BITS, value));
  return number < 0 || !Number.isSafeInteger(number) ? null : number;
}

// A name may begin with U+FEFF, which is no mark of byte order there.
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/** UTF-8. Throws {@link MalformedMessage}. */
export function text(bytes: Uint8Array, field: string): string {
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    throw new MalformedMessage(`${field} is not UTF-8`, { cause });
  }
}

/** UTF-8. */
export function utf8(value: string): Uint8Array {
  return encoder.encode(value);
}

/** A message that must be there, although the wire marks it optional. */
export function present<T>(value: T | undefined, field: string): T {
  if (value === undefined) throw new MalformedMessage(`lacks ${field}`);
  return value;
}
