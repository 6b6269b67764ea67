// An agent enrolled and started as its administrator does it: token, data folder, limits, process.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { freePorts } from "@coeval/testbed/ports";
import { type ProductProcess, productProcess } from "./daemon.ts";
import { until } from "./wait.ts";
import type { AgentHandle, World } from "./world.ts";

/** What of a world it takes. */
export type Site = Pick<World, "dir" | "ask" | "file">;

export interface Enrolment {
  readonly cluster: string;
  /** Default: the cluster's name. */
  readonly name?: string;
  /** Where peers connect; default a free port of this host. */
  readonly listen?: string;
  /** A command before the agent's, as `ip netns exec NAME`. */
  readonly on?: readonly string[];
  /** Hears of the process before it runs, so that it is ended whatever happens. */
  readonly made?: (process: ProductProcess) => void;
}

const CONNECTED_WITHIN_MS = 30_000;

interface Agent {
  readonly name: string;
  readonly state: string;
}

/** Resolves when the control device says that it is connected. */
export async function enrolledAgent(site: Site, enrolment: Enrolment): Promise<AgentHandle> {
  const { cluster, name = cluster, on = [], made } = enrolment;
  const listen = enrolment.listen ?? `127.0.0.1:${(await freePorts(1))[0]}`;
  const { token } = await site.ask<{ token: string }>(["cluster", "enroll", cluster, "--agent", name]);
  const dataFolder = join(site.dir, `agent-${name}`);
  mkdirSync(dataFolder, { mode: 0o700 });
  const words = ["agent", "--data", dataFolder, "--token-file", site.file(`${name}.token`, `${token}\n`)];
  words.push("--listen", listen, "--allow-read", "/", "--allow-write", "/");
  const process = productProcess(`agent-${name}`, site.dir, words, on);
  made?.(process);
  await process.start();
  await until(
    `the agent ${name} connected`,
    CONNECTED_WITHIN_MS,
    async () => {
      const { items } = await site.ask<{ items: Agent[] }>(["agent", "list"]);
      return items.find((one) => one.name === name)?.state === "connected" ? true : null;
    },
    () => process.output().slice(-2000),
  );
  return { process, dataFolder };
}
