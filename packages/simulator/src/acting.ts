/** Which machines a cluster's agents run on, and which of them acts, as the control device stored it. */
import { actingList } from "@coeval/store/control/acting-list";
import type { AgentTables } from "@coeval/store/agent/tables";
import type { ClusterName } from "./plan.ts";
import type { Machine } from "./processes/machine.ts";
import type { Stage } from "./stage.ts";

/** The first one, and the one that stands by where there is one. */
export function machinesOf(
  { machines }: Pick<Stage, "machines">,
  cluster: ClusterName,
): Machine<AgentTables>[] {
  const second = machines[`${cluster}2`];
  return second ? [machines[cluster], second] : [machines[cluster]];
}

/** The first one before any was appointed. */
export async function actingMachine(
  stage: Pick<Stage, "machines">,
  cluster: ClusterName,
): Promise<Machine<AgentTables>> {
  const rows = await actingList(stage.machines.control.database.db);
  const agent = rows.find((row) => row.cluster === cluster)?.agent;
  return machinesOf(stage, cluster).find(({ name }) => name === agent) ?? stage.machines[cluster];
}
