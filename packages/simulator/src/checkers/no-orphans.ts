/** No orphans: once all runs are over, nothing is left of them but what is kept on purpose, and that is accounted for. */
import { isWithin } from "@coeval/core/model/path";
import { listInstructions } from "@coeval/store/agent/journal";
import { listSnapshots } from "@coeval/store/agent/snapshots";
import { instructionOpen } from "@coeval/store/control/instruction-open";
import { actingMachine, machinesOf } from "../acting.ts";
import { nodeAt } from "../cluster/tree.ts";
import type { Machine } from "../processes/machine.ts";
import type { AgentTables } from "@coeval/store/agent/tables";
import type { Checker, Facts } from "./checker.ts";

export const noOrphans: Checker = {
  name: "no-orphans",
  async afterAll(facts) {
    return [
      ...(await snapshotsOnTheSource(facts)),
      ...staging(facts),
      ...snapshotsOnTheTarget(facts),
      ...living(facts).flatMap((machine) => folders(facts, machine)),
      ...(await openInstructions(facts)),
      ...facts.net
        .open()
        .filter((stream) => !stream.includes("control"))
        .map((stream) => `a stream ${stream} is open`),
    ];
  },
};

/** What lies with a machine that never came back is nobody's any more. */
function living(facts: Facts): Machine<AgentTables>[] {
  const all = [...machinesOf(facts, "east"), ...machinesOf(facts, "west")];
  return all.filter(({ life }) => life?.alive);
}

async function snapshotsOnTheSource(facts: Facts): Promise<string[]> {
  const { clusters, service } = facts;
  const { database } = await actingMachine(facts, "east");
  const rows = await listSnapshots(database.db, service.name);
  const wrong: string[] = [];
  const names = new Set(rows.map(({ prepared }) => prepared.snapshotName));
  for (const snapshot of clusters.east.allSnapshots()) {
    const [root, name] = partsOf(snapshot);
    if (!isWithin(root, service.mapping.source)) continue;
    if (name.startsWith("coeval-") && !names.has(name))
      wrong.push(`nobody accounts for ${snapshot} on the primary`);
  }
  const [oldest] = rows;
  if (oldest?.state === "void")
    wrong.push(`${oldest.prepared.snapshotName} is void, the oldest, and still there`);
  const live = rows.filter(({ state }) => state === "live").map(({ run }) => run);
  if (live.length > 0) wrong.push(`the snapshots of ${live.join(", ")} are still marked live`);
  const bases = rows.filter(({ state }) => state === "base").map(({ run }) => run);
  if (bases.length > 1) wrong.push(`there are ${bases.length} bases: ${bases.join(", ")}`);
  return wrong;
}

/** Of ROOT@NAME. */
function partsOf(snapshot: string): readonly [root: string, name: string] {
  const cut = snapshot.lastIndexOf("@");
  return [snapshot.slice(0, cut), snapshot.slice(cut + 1)];
}

function staging({ clusters, service }: Facts): string[] {
  const stage = nodeAt(clusters.west.names, `${service.mapping.target}/.coeval-stage`);
  if (stage?.type !== "directory") return [];
  return [`staging is left on the secondary: ${[...stage.children.keys()].join(", ") || "its folder"}`];
}

function snapshotsOnTheTarget({ clusters, points, service }: Facts): string[] {
  const there = clusters.west
    .allSnapshots()
    .map(partsOf)
    .filter(([root]) => isWithin(root, service.mapping.target))
    .map(([, name]) => name);
  const newest = points.at(-1)?.id;
  const wanted = new Set(points.map(({ id }) => (id === newest ? "current" : `coeval-${id}`)));
  return there
    .filter((name) => !wanted.has(name))
    .map((name) => `the secondary's snapshot ${name} is of no point`);
}

function folders({ points, service }: Facts, { name, disk }: Machine<AgentTables>): string[] {
  const sealed = new Set(points.map(({ run }) => run));
  return [...disk.files.keys()]
    .filter(
      (path) =>
        path.startsWith("runs/") ||
        (path.startsWith(`points/${service.name}/`) && !sealed.has(path.split("/")[2] as string)),
    )
    .map((path) => `${path} is left in the data folder of ${name}`);
}

async function openInstructions(facts: Facts): Promise<string[]> {
  const open = await instructionOpen(facts.machines.control.database.db);
  const wrong = open.map(({ id }) => `the control device still waits for ${id}`);
  for (const { name, database } of living(facts)) {
    const entries = await listInstructions(database.db, "open");
    wrong.push(
      ...entries.map(({ instruction }) => `${instruction.id} is still open at the agent of ${name}`),
    );
  }
  return wrong;
}
