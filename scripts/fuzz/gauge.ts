// Sees how long a buffer a decoder asks for: the constructors of buffers are put behind ones that look. Loaded before
// the decoders are.
let largest = 0;

const watched = ["Uint8Array", "ArrayBuffer", "Uint32Array", "Array"] as const;
for (const name of watched) {
  const original = globalThis[name] as unknown as new (...args: unknown[]) => object;
  const bytesEach = name === "Uint32Array" ? 4 : name === "Array" ? 8 : 1;
  const look = (args: readonly unknown[]): void => {
    const [length] = args;
    if (args.length === 1 && typeof length === "number" && length * bytesEach > largest)
      largest = length * bytesEach;
  };
  const behind: typeof original = new Proxy(original, {
    construct(target, args: unknown[], made: typeof original) {
      look(args);
      return Reflect.construct(target, args, made === behind ? target : made) as object;
    },
  });
  Object.defineProperty(globalThis, name, { value: behind, configurable: true, writable: true });
}

/** Forgets what was asked for. */
export function resetLargest(): void {
  largest = 0;
}

/** Longest buffer asked for by its length since then, in bytes. */
export function largestBytes(): number {
  return largest;
}
