/** Waits until something listens on a port. */
import { connect } from "node:net";

const POLL_MS = 25;

export interface ListeningWait {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Names what has gone wrong beyond waiting (a daemon that ended), or null. */
  readonly failed: () => Promise<string | null>;
}

/** `address` is `host:port`. @throws Error after `timeoutMs`, or when `failed` says why there is no use in waiting. */
export async function waitListening(address: string, wait: ListeningWait): Promise<void> {
  const startedAt = Date.now();
  while (!(await accepts(address))) {
    wait.signal?.throwIfAborted();
    const failure = await wait.failed();
    if (failure !== null) throw new Error(`testbed: ${failure}`);
    if (Date.now() - startedAt > wait.timeoutMs)
      throw new Error(`testbed: nothing listens on ${address} after ${wait.timeoutMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

function accepts(address: string): Promise<boolean> {
  const [host = "", port = ""] = address.split(":");
  return new Promise((resolve) => {
    const socket = connect({ host, port: Number(port) });
    // Refused is the answer "not yet".
    socket.once("error", () => resolve(false));
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
  });
}
