/** Statuses of a cluster and a service with which all is well. */
import type { AgentView, ClockView, ClusterView } from "../cluster-view.ts";
import type { OwnClock, ServiceStatus } from "../status.ts";
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

/** The control device's own clock, which it knows without error. */
export const wellClock: OwnClock = {
  source: "control:1",
  server: null,
  failure: null,
  reading: { offsetMs: 0, errorMs: 0, ageMs: 0 },
};

export function clockView(figures: Pick<ClockView, "offsetMs" | "errorMs">): ClockView {
  return { source: "control:1", server: null, ageMs: 0, apart: null, ...figures };
}

export function wellAgent(cluster: string, more: Partial<AgentView> = {}): AgentView {
  return {
    cluster,
    agent: cluster,
    fingerprint: "f".repeat(64),
    enrolledAt: START_MS,
    revokedAt: null,
    lastSeenAt: START_MS,
    connected: true,
    acting: true,
    actingSince: START_MS,
    term: 1,
    tookOverBecause: null,
    ...more,
  };
}

export function wellCluster(name: string, more: Partial<ClusterView> = {}): ClusterView {
  return {
    cluster: { name, hdfs: { url: `webhdfs://${name}:9870`, user: "coeval" }, scopes: ["/"] },
    version: 1,
    identity: null,
    agent: wellAgent(name),
    agents: [wellAgent(name)],
    connected: true,
    lastSeenAt: START_MS,
    state: "ok",
    cause: null,
    status: null,
    clock: clockView({ offsetMs: 0.5, errorMs: 2 }),
    clockFailure: null,
    clusterClock: null,
    dataAddress: null,
    role: "primary",
    voidSnapshots: 0,
    ...more,
  };
}
