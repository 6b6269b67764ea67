/** The one thing that a test's time needs of Node, and no port can tell: that nothing more goes on by itself. No time passes. */

declare const setImmediate: (callback: () => void) => unknown;

/** A new turn of the event loop begins when all promise callbacks of the last one have run, however long their chains are. */
export function settle(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
