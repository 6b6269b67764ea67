/** Whether a cluster serves, as its daemons say over HTTP (`/jmx`). */
import { get } from "node:http";
import type { ClusterAddresses, DataNodeAddresses } from "./addresses.ts";

const ANSWER_TIMEOUT_MS = 2_000;
const ANSWER_BYTES_MAX = 1024 * 1024;
const POLL_MS = 50;

export interface WaitOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Names what has gone wrong beyond waiting (a daemon that ended), or null. */
  readonly failed: () => Promise<string | null>;
}

/** What is to serve. */
export interface Expected extends Pick<ClusterAddresses, "dataNodes"> {
  /** HTTP addresses of the NameNodes that run, of which one must be active. */
  readonly nameNodes: readonly string[];
}

/** Waits until every DataNode is registered, has reported, and a NameNode takes writes. */
export async function waitReady(
  cluster: string,
  expected: () => Expected,
  options: WaitOptions,
): Promise<void> {
  const startedAt = Date.now();
  for (;;) {
    options.signal?.throwIfAborted();
    const missing = await missingFor(expected());
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
async function missingFor({ nameNodes, dataNodes }: Expected): Promise<string | null> {
  for (const http of nameNodes) {
    const missing = await missingAtNameNode(http, dataNodes.length);
    if (missing !== null) return missing;
  }
  const states = await Promise.all(nameNodes.map(nameNodeState));
  if (!states.includes("active")) return `no NameNode is active: ${states.join(", ")}`;
  for (const dataNode of dataNodes) {
    const missing = await missingAtDataNode(dataNode, nameNodes.length);
    if (missing !== null) return missing;
  }
  return null;
}

async function missingAtNameNode(http: string, dataNodes: number): Promise<string | null> {
  const state = await jmxBean(http, "Hadoop:service=NameNode,name=FSNamesystemState");
  if (state === null) return `the NameNode at ${http} does not answer`;
  const live = Number(state["NumLiveDataNodes"]);
  if (live !== dataNodes) return `${live} of ${dataNodes} DataNodes are registered`;
  if (state["FSState"] !== "Operational")
    return `the NameNode's state is ${JSON.stringify(state["FSState"])}`;
  return Number(state["CapacityTotal"]) > 0 ? null : "no DataNode has reported its storage";
}

async function missingAtDataNode({ http }: DataNodeAddresses, nameNodes: number): Promise<string | null> {
  const info = await jmxBean(http, "Hadoop:service=DataNode,name=DataNodeInfo");
  if (info === null) return `the DataNode at ${http} does not answer`;
  // A bean's list comes as JSON within a string.
  const list = info["BPServiceActorInfo"];
  const actors = JSON.parse(typeof list === "string" ? list : "[]") as { ActorState?: string }[];
  // It has one actor for each NameNode, of which one may not run.
  const registered = actors.filter((actor) => actor.ActorState === "RUNNING").length;
  return registered < nameNodes ? `the DataNode at ${http} is not registered` : null;
}

/** `active`, `standby`, `initializing`; null when it does not answer. */
export async function nameNodeState(http: string): Promise<unknown> {
  const bean = await jmxBean(http, "Hadoop:service=NameNode,name=NameNodeStatus");
  return bean?.["State"] ?? null;
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
