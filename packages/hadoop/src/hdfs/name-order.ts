/** The order in which HDFS lists names: by their UTF-8 bytes taken as *signed* numbers, so that every name beyond
 * ASCII comes before every ASCII one. Whoever merges two listings needs exactly this order. */

/** Below 0 when `a` is listed before `b`. Source: DFSUtilClient.compareBytes; seen on 3.4.2. */
export function compareNames(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  let at = 0;
  while (at < length && a.charCodeAt(at) === b.charCodeAt(at)) at++;
  const x = a.charCodeAt(at);
  const y = b.charCodeAt(at);
  // Two ASCII characters, or the end of one name, decide without encoding anything.
  if (at === length) return a.length - b.length;
  if (x < FIRST_BEYOND_ASCII && y < FIRST_BEYOND_ASCII) return x - y;
  if (x < FIRST_BEYOND_ASCII) return 1;
  if (y < FIRST_BEYOND_ASCII) return -1;
  return codePointAt(a, at) - codePointAt(b, at);
}

const FIRST_BEYOND_ASCII = 0x80;

/** UTF-8 keeps the order of code points, and among bytes from 0x80 signed and unsigned order agree. The names may
 * first differ in the second half of a surrogate pair. */
function codePointAt(name: string, at: number): number {
  const unit = name.charCodeAt(at);
  const secondHalf = unit >= 0xdc00 && unit <= 0xdfff;
  return name.codePointAt(secondHalf ? at - 1 : at) ?? 0;
}
