/** Everything at once, in moderation. */
import type { Scenario } from "../plan.ts";
import { crash } from "./crash.ts";
import { clockJumps } from "./clock-jumps.ts";
import { corruptChunk } from "./corrupt-chunk.ts";
import { flakyCluster } from "./flaky-cluster.ts";
import { lateInstructions } from "./late-instructions.ts";
import { messages } from "./messages.ts";
import { partition } from "./partition.ts";

export const mix: Scenario = {
  name: "mix",
  plan(seed) {
    const parts = [crash, messages, partition, flakyCluster, clockJumps, corruptChunk, lateInstructions]
      .filter(() => seed.chance(0.45))
      .map((scenario) => scenario.plan(seed.stream(scenario.name)));
    return Object.assign({}, ...parts, { runs: 3, acts: parts.flatMap(({ acts }) => acts ?? []) });
  },
};
