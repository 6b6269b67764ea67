/** Statuses of a cluster and a service with which all is well. */
import type { ClusterView } from "../cluster-view.ts";
import type { ServiceStatus } from "../status.ts";
import { START_MS } from "./fake-control.ts";

export function wellService(more: Partial<ServiceStatus> = {}): ServiceStatus {
  return {
    service: "orders",
    primary: "east",
    secondary: "west",
    points: 1,
    lastPoint: {
      id: "point-1",
      moment: START_MS,
      grade: { kind: "exact", spreadMs: 0, windowMs: 5, byMs: 0 },
    },
    uncovered: [],
    rpoMs: 1000,
    objectiveMs: null,
    nextMoment: null,
    policyFault: null,
    lastMoment: null,
    pause: null,
    activeRun: null,
    lastFailure: null,
    toleranceMs: 100,
    ...more,
  };
}

export function wellCluster(name: string, more: Partial<ClusterView> = {}): ClusterView {
  return {
    cluster: { name, hdfs: { url: `webhdfs://${name}:9870`, user: "coeval" }, scopes: ["/"] },
    version: 1,
    identity: null,
    agent: {
      cluster: name,
      agent: name,
      fingerprint: "f".repeat(64),
      enrolledAt: START_MS,
      revokedAt: null,
      lastSeenAt: START_MS,
      connected: true,
    },
    connected: true,
    lastSeenAt: START_MS,
    state: "ok",
    cause: null,
    status: null,
    clock: { offsetMs: 0.5, errorMs: 2 },
    role: "primary",
    voidSnapshots: 0,
    ...more,
  };
}
