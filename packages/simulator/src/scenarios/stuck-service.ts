/** One service is stuck: its data are gone, or a cluster does not answer where it lies. The others keep their moments. */
import { NO_CLUSTER_FAULTS } from "../cluster/served.ts";
import type { Act, Scenario } from "../plan.ts";
import { drawByPolicy } from "./draw-by-policy.ts";

const EVERY_MS = [10_000, 15_000, 20_000] as const;

export const stuckService: Scenario = {
  name: "stuck-service",
  plan(seed) {
    const byPolicy = drawByPolicy(seed);
    // Longer than a run takes, so that no moment is missed for a run that goes on.
    const subjects = byPolicy.subjects.map((subject) => ({
      ...subject,
      moments: [{ kind: "every", everyMs: seed.pick(EVERY_MS), anchor: null } as const],
    }));
    const stuck: Act = {
      name: "a service is stuck",
      when: { kind: "after-begin", run: 0, ms: seed.between(5000, 20_000) },
      act: seed.pick([removeData, stickAt("/data/orders"), stickAt("/backup/orders")]),
    };
    return {
      runs: 3,
      acts: [stuck],
      recovers: false,
      byPolicy: { ...byPolicy, subjects, aimedAt: ["orders"] },
    };
  },
};

const removeData: Act["act"] = ({ writer, service }) =>
  writer.edit((workload) => {
    for (const { path } of service.dataSets) workload.remove(path);
  });

const stickAt =
  (path: string): Act["act"] =>
  ({ setClusterFaults }) =>
    setClusterFaults({ ...NO_CLUSTER_FAULTS, stuckBelow: path });
