/** Everything at once, in moderation. */
import type { Scenario } from "../plan.ts";
import { crash } from "./crash.ts";
import { clockJumps } from "./clock-jumps.ts";
import { clusterAway } from "./cluster-away.ts";
import { corruptChunk } from "./corrupt-chunk.ts";
import { flakyCluster } from "./flaky-cluster.ts";
import { fullAgentDisk } from "./full-agent-disk.ts";
import { fullStore } from "./full-store.ts";
import { lateInstructions } from "./late-instructions.ts";
import { lateRequests } from "./late-requests.ts";
import { messages } from "./messages.ts";
import { partition } from "./partition.ts";

export const mix: Scenario = {
  name: "mix",
  plan(seed) {
    const common = [crash, messages, partition, flakyCluster, clockJumps, corruptChunk, lateInstructions];
    const rare = [clusterAway, fullAgentDisk, fullStore, lateRequests];
    const parts = [...common.filter(() => seed.chance(0.45)), ...rare.filter(() => seed.chance(0.2))].map(
      (scenario) => scenario.plan(seed.stream(scenario.name)),
    );
    return Object.assign({}, ...parts, {
      runs: 3,
      byPolicy: null,
      acts: parts.flatMap(({ acts }) => acts ?? []),
    });
  },
};
