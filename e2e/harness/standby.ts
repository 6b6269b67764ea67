// The agents of a world as the control device shows them, where a cluster has several.
import type { World } from "./world.ts";

export interface AgentAnswer {
  readonly cluster: string;
  readonly name: string;
  readonly state: "connected" | "away" | "revoked";
  readonly duty: "acting" | "standby" | "none";
  readonly actingSince: string | null;
  readonly term: number | null;
  readonly tookOverBecause: string | null;
}

export async function agents(world: World): Promise<readonly AgentAnswer[]> {
  return (await world.ask<{ items: AgentAnswer[] }>(["agent", "list"])).items;
}

/** The one that acts for a cluster. */
export async function actingAgent(world: World, cluster: string): Promise<AgentAnswer | null> {
  const all = await agents(world);
  return all.find((one) => one.cluster === cluster && one.duty === "acting") ?? null;
}
