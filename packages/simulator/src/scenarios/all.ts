/** Every scenario, and which one a seed plays. */
import type { Scenario } from "../plan.ts";
import { baseline } from "./baseline.ts";
import { beyondLimits } from "./beyond-limits.ts";
import { clockJumps } from "./clock-jumps.ts";
import { clockOff } from "./clock-off.ts";
import { clusterAway } from "./cluster-away.ts";
import { corruptChunk } from "./corrupt-chunk.ts";
import { crash } from "./crash.ts";
import { flakyCluster } from "./flaky-cluster.ts";
import { forgedPeers } from "./forged-peers.ts";
import { fullAgentDisk } from "./full-agent-disk.ts";
import { fullDisk } from "./full-disk.ts";
import { fullStore } from "./full-store.ts";
import { lateInstructions } from "./late-instructions.ts";
import { lateRequests } from "./late-requests.ts";
import { messages } from "./messages.ts";
import { mix } from "./mix.ts";
import { partition } from "./partition.ts";
import { policy, policyCrash, policyMix, policyPartition } from "./policy.ts";
import { setRemoved } from "./set-removed.ts";
import { snapshotRemoved } from "./snapshot-removed.ts";
import { slow } from "./slow.ts";
import { stuckService } from "./stuck-service.ts";
import { policyTakeover, takeover } from "./takeover.ts";
import { year } from "./year.ts";
import { targetEdited } from "./target-edited.ts";
import { timeServer } from "./time-server.ts";

export const scenarios: readonly Scenario[] = [
  baseline,
  crash,
  messages,
  mix,
  partition,
  crash,
  flakyCluster,
  mix,
  lateInstructions,
  crash,

  setRemoved,
  corruptChunk,
  fullDisk,
  snapshotRemoved,
  targetEdited,
  forgedPeers,
  beyondLimits,
  clockJumps,
  clockOff,
  timeServer,
  slow,
  clusterAway,
  fullAgentDisk,
  fullStore,
  lateRequests,

  policy,
  policyCrash,
  policyPartition,
  policyMix,
  stuckService,

  takeover,
  policyTakeover,
];

/** All that can be played by name. */
export const named: readonly Scenario[] = [...scenarios, year];

/** Neighbouring seeds play different scenarios; seed 0 is the year. */
export function scenarioOf(seed: number): Scenario {
  if (seed === 0) return year;
  return scenarios[seed % scenarios.length] as Scenario;
}
