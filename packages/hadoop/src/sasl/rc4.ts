/** RC4, which OpenSSL 3 no longer has, and which a server under `dfs.encrypt.data.transfer.algorithm=rc4` offers alone. */
import type { CipherStream } from "./cryptography.ts";

const STATES = 256;

/** The same in both directions. */
export function rc4(key: Uint8Array): CipherStream {
  const state = Uint8Array.from({ length: STATES }, (_, index) => index);
  let j = 0;
  for (let i = 0; i < STATES; i++) {
    const held = state[i] ?? 0;
    j = (j + held + (key[i % key.length] ?? 0)) & 0xff;
    state[i] = state[j] ?? 0;
    state[j] = held;
  }
  let i = 0;
  j = 0;
  return {
    update(bytes) {
      const result = new Uint8Array(bytes.length);
      for (let at = 0; at < bytes.length; at++) {
        i = (i + 1) & 0xff;
        const one = state[i] ?? 0;
        j = (j + one) & 0xff;
        const other = state[j] ?? 0;
        state[i] = other;
        state[j] = one;
        result[at] = (bytes[at] ?? 0) ^ (state[(one + other) & 0xff] ?? 0);
      }
      return result;
    },
  };
}
