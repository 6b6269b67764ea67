/** Unpredictable bytes. In the simulator they come from the seed. */

export interface Random {
  /** `length` random bytes (1…1024). */
  bytes(length: number): Uint8Array;
}

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
const ID_BYTES = 10;

/** A new identifier: `prefix-` and 16 characters of Crockford's base 32 (80 random bits), e.g. `run-5x0tq2…`. */
export function newId(random: Random, prefix: string): string {
  let bits = 0n;
  for (const byte of random.bytes(ID_BYTES)) bits = (bits << 8n) | BigInt(byte);
  let text = "";
  for (let i = 0; i < (ID_BYTES * 8) / 5; i++) {
    text = ALPHABET[Number(bits & 31n)] + text;
    bits >>= 5n;
  }
  return `${prefix}-${text}`;
}
