// A further agent of a cluster in a world: enrolled by hand as a user does, standing by.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { freePorts } from "@coeval/testbed/ports";
import { productProcess } from "./daemon.ts";
import { until } from "./wait.ts";
import type { AgentHandle, World } from "./world.ts";

export interface AgentAnswer {
  readonly cluster: string;
  readonly name: string;
  readonly state: "connected" | "away" | "revoked";
  readonly duty: "acting" | "standby" | "none";
  readonly actingSince: string | null;
  readonly term: number | null;
  readonly tookOverBecause: string | null;
}

const CONNECTED_WITHIN_MS = 30_000;

/** Enrols and starts it; resolves when it stands by, or acts. */
export async function startStandby(
  world: World,
  cluster: "east" | "west",
  name: string,
): Promise<AgentHandle> {
  const { token } = await world.ask<{ token: string }>(["cluster", "enroll", cluster, "--agent", name]);
  const tokenFile = world.file(`${name}.token`, `${token}\n`);
  const dataFolder = join(world.dir, `agent-${name}`);
  mkdirSync(dataFolder, { mode: 0o700 });
  const [port] = await freePorts(1);
  const words = ["agent", "--data", dataFolder, "--token-file", tokenFile, "--listen", `127.0.0.1:${port}`];
  words.push("--allow-read", "/", "--allow-write", "/");
  const process = productProcess(`agent-${name}`, world.dir, words);
  await process.start();
  await until(`${name} connected`, CONNECTED_WITHIN_MS, async () => {
    const found = (await agents(world)).find((one) => one.name === name);
    return found?.state === "connected" ? true : null;
  });
  return { process, dataFolder };
}

export async function agents(world: World): Promise<readonly AgentAnswer[]> {
  return (await world.ask<{ items: AgentAnswer[] }>(["agent", "list"])).items;
}

/** The one that acts for a cluster. */
export async function actingAgent(world: World, cluster: string): Promise<AgentAnswer | null> {
  const all = await agents(world);
  return all.find((one) => one.cluster === cluster && one.duty === "acting") ?? null;
}
