// One HDFS registered a second time, by accident or under an alias: the same endpoint is refused at once; by an alias it is
// found out as soon as an agent meets it, and no service may use the pair. The first registration goes on as before.
import assert from "node:assert/strict";
import { join } from "node:path";
import { freePorts } from "@coeval/testbed/ports";
import { productProcess } from "../harness/daemon.ts";
import { clusterYaml, serviceYaml } from "../harness/documents.ts";
import { protectWell } from "../harness/protect.ts";
import { until } from "../harness/wait.ts";
import type { World } from "../harness/world.ts";
import { checkCluster } from "./checks.ts";

const CONFLICT = 6;
const FAILED = 1;
const MET_WITHIN_MS = 30_000;

export async function registeredTwice(world: World): Promise<void> {
  const { west } = world.pair;
  const same = await world.cli([
    "cluster",
    "add",
    "-f",
    world.file("west-too.yaml", clusterYaml("west-too", west, ["/"])),
  ]);
  assert.equal(same.code, CONFLICT, same.stderr);
  assert.match(same.stderr, /is registered as the cluster 'west' already[\s\S]*west-too\.yaml:7:\d+/);

  // By another name of the host, and as a user without rights.
  const alias = {
    ...west,
    nameNodeHttp: west.nameNodeHttp.replace("127.0.0.1", "localhost"),
    nameNodeRpc: west.nameNodeRpc.replace("127.0.0.1", "localhost"),
    serviceUser: "mallory",
  };
  const agent = await enrolled(world, clusterYaml("alias", alias, ["/"]));
  try {
    const { checked } = await until("what the alias proves to be", MET_WITHIN_MS, async () => {
      const found = await checkCluster(world, "alias");
      return found.checked.lines.some(({ about, level }) => about === "identity" && level === "failed")
        ? found
        : null;
    });
    const identity = checked.lines.find(({ about }) => about === "identity");
    assert.equal(identity?.code, "cluster-identity");
    assert.match(identity?.text ?? "", /is registered as west as well/);
    const rights = checked.lines.find(({ about }) => about === "rights");
    assert.equal(rights?.code, "no-right");
    assert.match(rights?.text ?? "", /'mallory' is no superuser and owns no directory that allows snapshots/);
    assert.match(rights?.fix ?? "", /hdfs dfsadmin -allowSnapshot/);
    await toldInTheList(world);
    await refusedAsPair(world);
    // West itself, which is pinned and protects, is warned and goes on.
    const good = await checkCluster(world, "west");
    assert.equal(good.code, 0, JSON.stringify(good.checked.lines, null, 1));
    assert.match(
      good.checked.lines.find(({ level }) => level === "warning" && level)?.text ?? "",
      /registered as alias as well|less than 5 %/,
    );
    await protectWell(world, "sized");
  } finally {
    await agent.stop();
    await world.cli(["cluster", "remove", "alias", "--yes"]);
  }
  assert.equal((await checkCluster(world, "alias").catch(() => ({ code: FAILED }))).code, FAILED);
}

async function enrolled(world: World, document: string) {
  await world.ask(["cluster", "add", "-f", world.file("alias.yaml", document)]);
  const { token } = await world.ask<{ token: string }>(["cluster", "enroll", "alias"]);
  const [port] = await freePorts(1);
  const words = [
    "agent",
    "--data",
    join(world.dir, "agent-alias"),
    "--token-file",
    world.file("alias.token", token),
  ];
  words.push("--listen", `127.0.0.1:${port}`, "--allow-read", "/", "--allow-write", "/");
  const agent = productProcess("agent-alias", world.dir, words);
  await agent.start();
  return agent;
}

async function toldInTheList(world: World): Promise<void> {
  const { items } = await world.ask<{
    items: { metadata: { name: string }; status: { state: string; cause: string | null } }[];
  }>(["cluster", "list"]);
  const states = Object.fromEntries(items.map(({ metadata, status }) => [metadata.name, status.state]));
  assert.deepEqual(states, { alias: "registered-twice", east: "ok", west: "ok" });
  const cause = items.find(({ metadata }) => metadata.name === "alias")?.status.cause ?? "";
  assert.match(cause, /registered as west as well; remove one of them: `coeval cluster remove alias`/);
}

/** A copy beside the original would be lost with it. */
async function refusedAsPair(world: World): Promise<void> {
  const words = {
    name: "onto-itself",
    dataSets: ["/somewhere"],
    target: "/backups/onto-itself",
    primary: "west",
    secondary: "alias",
  };
  const file = world.file("onto-itself.yaml", serviceYaml(words));
  for (const verb of ["check", "apply"]) {
    const answer = await world.cli(["service", verb, "-f", file, ...(verb === "apply" ? ["--yes"] : [])]);
    assert.equal(answer.code, CONFLICT, answer.stderr);
    assert.match(answer.stdout + answer.stderr, /west and alias are one and the same HDFS/);
  }
}
