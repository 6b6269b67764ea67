// The causal writer: an order A is written, and only when the cluster has acknowledged it, the item B that refers to it;
// both carry the same serial number. At any one instant no B exists without its A. It keeps its own log of when each
// write was begun and acknowledged, by which a recovery point's content is judged.
import type { WebHdfs } from "../independent/webhdfs.ts";

/** One write, on this host's clock (ms since 1970, with fractions). */
export interface Write {
  readonly begunAt: number;
  /** Infinity until it is acknowledged. */
  acknowledgedAt: number;
}

export interface CausalWriter {
  /** Serial → when its A and its B were written. Serials of different lanes do not follow each other. */
  readonly orders: ReadonlyMap<number, Write>;
  readonly items: ReadonlyMap<number, Write>;
  /** Directories in which the files lie; the files are named by their serials. */
  readonly ordersPath: string;
  readonly itemsPath: string;
  /** Ends it; throws when a write has failed. */
  stop(): Promise<void>;
}

export interface CausalOptions {
  readonly orders: { readonly path: string; readonly hdfs: WebHdfs };
  readonly items: { readonly path: string; readonly hdfs: WebHdfs };
  /** Pairs written at the same time; default 4. */
  readonly lanes?: number;
  /** Rest between two pairs of a lane; default 0. */
  readonly pauseMs?: number;
}

const LANES_DEFAULT = 4;

export async function startCausalWriter(options: CausalOptions): Promise<CausalWriter> {
  const [ordersPath, itemsPath] = [`${options.orders.path}/causal`, `${options.items.path}/causal`];
  await options.orders.hdfs.call("PUT", ordersPath, "MKDIRS");
  await options.items.hdfs.call("PUT", itemsPath, "MKDIRS");
  const [orders, items] = [new Map<number, Write>(), new Map<number, Write>()];
  let stopping = false;
  let serial = 0;
  const write = async (
    log: Map<number, Write>,
    hdfs: WebHdfs,
    directory: string,
    own: number,
  ): Promise<void> => {
    const entry: Write = { begunAt: now(), acknowledgedAt: Number.POSITIVE_INFINITY };
    log.set(own, entry);
    await hdfs.write(`${directory}/${own}`, Buffer.from(`serial ${own}\n`));
    entry.acknowledgedAt = now();
  };
  const lane = async (): Promise<void> => {
    while (!stopping) {
      const own = ++serial;
      await write(orders, options.orders.hdfs, ordersPath, own);
      await write(items, options.items.hdfs, itemsPath, own);
      if (options.pauseMs) await new Promise((resolve) => setTimeout(resolve, options.pauseMs));
    }
  };
  const lanes = Array.from({ length: options.lanes ?? LANES_DEFAULT }, lane);
  const all = Promise.all(lanes);
  // Heard when it is stopped; a failure before that ends the lanes, not the process.
  all.catch(() => {
    stopping = true;
  });
  return {
    orders,
    items,
    ordersPath,
    itemsPath,
    async stop() {
      stopping = true;
      await all;
    },
  };
}

function now(): number {
  return performance.timeOrigin + performance.now();
}
