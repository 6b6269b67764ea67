/** Somebody writes into the holding directory behind our back, between two runs. It is found, and nothing is overwritten. */
import type { Scenario } from "../plan.ts";
import type { Stage } from "../stage.ts";
import { nodeAt, treeOf } from "../cluster/tree.ts";
import type { Seed } from "../world/seed.ts";

export const targetEdited: Scenario = {
  name: "target-edited",
  plan: (seed) => ({
    runs: 3,
    acts: [
      { name: "target edited", when: { kind: "after-run", run: 0 }, act: (stage) => editTarget(stage, seed) },
    ],
    // A person decides what becomes of a conflict.
    recovers: false,
  }),
};

function editTarget({ clusters, service }: Stage, seed: Seed): void {
  const workload = clusters.west.workload();
  const { target } = service.mapping;
  const top = `${target}/${service.dataSets[0]?.name}`;
  const node = nodeAt(clusters.west.names, top);
  const files = node
    ? [...treeOf(node)].filter(([, one]) => one.type === "file").map(([path]) => `${top}/${path}`)
    : [];
  const file = files.length > 0 ? seed.pick(files) : null;
  const edits = [
    () => workload.write(`${top}/foreign`, "not ours"),
    () => workload.makeDirectory(`${target}/foreign`),
    () => file && workload.append(file, "more"),
    () => file && workload.remove(file),
    () => file && workload.setMode(file, 0o777),
    () => file && workload.write(file, workload.read(file) ?? ""),
  ];
  seed.pick(edits)();
}
