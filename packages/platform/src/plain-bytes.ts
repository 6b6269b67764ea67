/**
 * The same bytes as a Uint8Array and nothing else. Of Node's Buffer, which passes for one, `slice` shares memory where a Uint8Array's copies it:
 * whoever copies what is lent would hold what is filled again. So nobody outside of this package meets a Buffer.
 */
export function plainBytes({ buffer, byteOffset, length }: Buffer): Uint8Array<ArrayBuffer> {
  return new Uint8Array(buffer as ArrayBuffer, byteOffset, length);
}
