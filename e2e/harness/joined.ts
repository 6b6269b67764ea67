// One more cluster joined to a world or a site: registered, its agent enrolled, and well.
import type { TestCluster } from "./clusters.ts";
import { clusterYaml } from "./documents.ts";
import { type Enrolment, enrolledAgent, type Site } from "./enrolled-agent.ts";
import { until } from "./wait.ts";
import type { AgentHandle } from "./world.ts";

const WELL_WITHIN_MS = 30_000;

type Reached = Pick<TestCluster, "nameNodeHttp" | "nameNodeRpc" | "serviceUser">;

export async function joinCluster(site: Site, cluster: Reached, enrolment: Enrolment): Promise<AgentHandle> {
  const name = enrolment.cluster;
  await site.ask(["cluster", "add", "-f", site.file(`${name}.yaml`, clusterYaml(name, cluster, ["/"]))]);
  const agent = await enrolledAgent(site, enrolment);
  await until(
    `the cluster ${name}`,
    WELL_WITHIN_MS,
    async () => {
      const { status } = await site.ask<{ status: { state: string } }>(["cluster", "get", name]);
      return status.state === "ok" ? true : null;
    },
    () => agent.process.output().slice(-2000),
  );
  return agent;
}
