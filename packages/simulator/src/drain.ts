/** The one thing that a simulation needs of Node: to know that nothing more goes on by itself. Time does not pass meanwhile. */
import type { Drain } from "./world/timeline.ts";

/** A new turn of the event loop begins when all promise callbacks of the last one have run. */
export const drain: Drain = () => new Promise((resolve) => setImmediate(resolve));
