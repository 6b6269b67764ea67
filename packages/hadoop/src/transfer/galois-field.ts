/** Arithmetic of the field with 256 elements over x^8 + x^4 + x^3 + x^2 + 1, in which Reed-Solomon codes count.
 * Source: GF256 of Hadoop 3.4.2 (ISA-L's field). */

const POLYNOMIAL = 0x11d;
const ORDER = 255;

/** Powers of the generator 2, twice over, and their inverse. */
const { powers, logarithms } = makeTables();

function makeTables(): { readonly powers: Uint8Array; readonly logarithms: Uint8Array } {
  const up = new Uint8Array(2 * ORDER);
  const down = new Uint8Array(256);
  let power = 1;
  for (let exponent = 0; exponent < ORDER; exponent++) {
    up[exponent] = power;
    up[exponent + ORDER] = power;
    down[power] = exponent;
    power <<= 1;
    if (power > 255) power ^= POLYNOMIAL;
  }
  return { powers: up, logarithms: down };
}

/** The product of two elements. */
export function product(one: number, other: number): number {
  if (one === 0 || other === 0) return 0;
  return powers[(logarithms[one] as number) + (logarithms[other] as number)] as number;
}

/** Of an element other than 0. */
export function inverse(element: number): number {
  if (element === 0) throw new RangeError("0 has no inverse");
  return powers[ORDER - (logarithms[element] as number)] as number;
}

/** Adds `factor` times `source` to `target`, element by element; both of one length. */
export function addMultiple(target: Uint8Array, factor: number, source: Uint8Array): void {
  if (factor === 0) return;
  const multiples = Uint8Array.from({ length: 256 }, (_, element) => product(factor, element));
  for (let at = 0; at < target.length; at++) {
    target[at] = (target[at] as number) ^ (multiples[source[at] as number] as number);
  }
}

/** The inverse of a square matrix, or null when it has none. Rows of elements. */
export function inverseMatrix(matrix: readonly (readonly number[])[]): number[][] | null {
  const size = matrix.length;
  const left = matrix.map((row) => [...row]);
  const right = matrix.map((_, row) => Array.from({ length: size }, (_, column) => (row === column ? 1 : 0)));
  for (let column = 0; column < size; column++) {
    const pivot = left.findIndex((row, index) => index >= column && row[column] !== 0);
    if (pivot < 0) return null;
    for (const side of [left, right]) {
      [side[column], side[pivot]] = [side[pivot] as number[], side[column] as number[]];
    }
    const factor = inverse((left[column] as number[])[column] as number);
    scale(left[column] as number[], factor);
    scale(right[column] as number[], factor);
    for (let row = 0; row < size; row++) {
      const multiple = (left[row] as number[])[column] as number;
      if (row === column || multiple === 0) continue;
      subtract(left[row] as number[], multiple, left[column] as number[]);
      subtract(right[row] as number[], multiple, right[column] as number[]);
    }
  }
  return right;
}

function scale(row: number[], factor: number): void {
  for (const [column, element] of row.entries()) row[column] = product(element, factor);
}

/** Addition and subtraction are the same here. */
function subtract(row: number[], multiple: number, other: readonly number[]): void {
  for (const [column, element] of other.entries())
    row[column] = (row[column] as number) ^ product(element, multiple);
}
