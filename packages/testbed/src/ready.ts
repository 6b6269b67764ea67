/** Whether a cluster serves, as its daemons say over HTTP (`/jmx`). */
import { get } from "node:http";
import type { ClusterAddresses } from "./site.ts";

const ANSWER_TIMEOUT_MS = 2_000;
const ANSWER_BYTES_MAX = 1024 * 1024;
const POLL_MS = 50;

export interface WaitOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Names what has gone wrong beyond waiting (a daemon that ended), or null. */
  readonly failed: () => Promise<string | null>;
}

/** Waits until every DataNode is registered, has reported, and the NameNode takes writes. */
export async function waitReady(
  cluster: string,
  addresses: ClusterAddresses,
  options: WaitOptions,
): Promise<void> {
  const startedAt = Date.now();
  for (;;) {
    options.signal?.throwIfAborted();
    const missing = await missingFor(addresses);
    if (missing === null) return;
    const failure = await options.failed();
    if (failure !== null) throw new Error(`testbed cluster "${cluster}": ${failure}`);
    if (Date.now() - startedAt > options.timeoutMs) {
      throw new Error(`testbed cluster "${cluster}" is not ready after ${options.timeoutMs} ms: ${missing}`);
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** What is still missing, in words; null when the cluster is ready. */
async function missingFor(addresses: ClusterAddresses): Promise<string | null> {
  const state = await jmxBean(addresses.nameNodeHttp, "Hadoop:service=NameNode,name=FSNamesystemState");
  if (state === null) return "the NameNode does not answer";
  const live = Number(state["NumLiveDataNodes"]);
  if (live !== addresses.dataNodes.length)
    return `${live} of ${addresses.dataNodes.length} DataNodes are registered`;
  if (state["FSState"] !== "Operational")
    return `the NameNode's state is ${JSON.stringify(state["FSState"])}`;
  if (!(Number(state["CapacityTotal"]) > 0)) return "no DataNode has reported its storage";
  for (const dataNode of addresses.dataNodes) {
    const info = await jmxBean(dataNode.http, "Hadoop:service=DataNode,name=DataNodeInfo");
    if (info === null) return `the DataNode at ${dataNode.http} does not answer`;
    // A bean's list comes as JSON within a string.
    const list = info["BPServiceActorInfo"];
    const actors = JSON.parse(typeof list === "string" ? list : "[]") as { ActorState?: string }[];
    if (actors.length === 0 || actors.some((actor) => actor.ActorState !== "RUNNING")) {
      return `the DataNode at ${dataNode.http} is not registered`;
    }
  }
  return null;
}

/** One bean of a daemon's `/jmx`, or null when it does not answer (yet). */
export function jmxBean(address: string, name: string): Promise<Record<string, unknown> | null> {
  return new Promise((resolve) => {
    const none = (): void => resolve(null);
    const url = `http://${address}/jmx?qry=${encodeURIComponent(name)}`;
    const request = get(url, { timeout: ANSWER_TIMEOUT_MS, agent: false }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (more: string) => {
        text += more;
        if (text.length > ANSWER_BYTES_MAX) request.destroy();
      });
      response.on("end", () => {
        if (response.statusCode !== 200) return none();
        const beans = (JSON.parse(text) as { beans?: Record<string, unknown>[] }).beans ?? [];
        resolve(beans[0] ?? null);
      });
      response.on("error", none);
      response.on("close", none);
    });
    request.on("timeout", () => request.destroy());
    request.on("error", none);
  });
}
