// One more cluster joined to a world: registered, its agent enrolled and started, as its administrator would do it.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { freePorts } from "@coeval/testbed/ports";
import type { TestCluster } from "./clusters.ts";
import { productProcess } from "./daemon.ts";
import { clusterYaml } from "./documents.ts";
import { until } from "./wait.ts";
import type { AgentHandle, World } from "./world.ts";

const START_LIMIT_MS = 30_000;

export async function joinCluster(world: World, name: string, cluster: TestCluster): Promise<AgentHandle> {
  await world.ask(["cluster", "add", "-f", world.file(`${name}.yaml`, clusterYaml(name, cluster, ["/"]))]);
  const { token } = await world.ask<{ token: string }>(["cluster", "enroll", name]);
  const dataFolder = join(world.dir, `agent-${name}`);
  mkdirSync(dataFolder, { mode: 0o700 });
  const [port] = await freePorts(1);
  const words = ["agent", "--data", dataFolder, "--token-file", world.file(`${name}.token`, `${token}\n`)];
  words.push("--listen", `127.0.0.1:${port}`, "--allow-read", "/", "--allow-write", "/");
  const process = productProcess(`agent-${name}`, world.dir, words);
  await process.start();
  await until(
    `the cluster ${name}`,
    START_LIMIT_MS,
    async () => {
      const { status } = await world.ask<{ status: { state: string } }>(["cluster", "get", name]);
      return status.state === "ok" ? true : null;
    },
    () => process.output().slice(-2000),
  );
  return { process, dataFolder };
}
