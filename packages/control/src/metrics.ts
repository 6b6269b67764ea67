/** Metrics: the figures of the status as Prometheus reads them. As many samples as services and clusters times a constant, never an id. */
import type { ClusterView } from "./cluster-view.ts";
import type { Family, Sample } from "./prometheus.ts";
import type { ServiceStatus, Status } from "./status.ts";
import { troublesOf } from "./troubles.ts";

/** What is counted in the store since its beginning. */
export interface Counts {
  readonly runs: readonly { readonly service: string; readonly outcome: string; readonly runs: number }[];
  readonly moments: readonly { readonly service: string; readonly fate: string; readonly total: number }[];
}

/** Pure. Only services and clusters of the status are shown. */
export function metricsOf(
  status: Pick<Status, "services" | "clusters" | "clock">,
  counts: Counts,
  version: string,
): Family[] {
  return [
    gauge("info", "Always 1; the version is a label.", [{ labels: { version }, value: 1 }]),
    gauge("troubles", "Things that are not as they should be; 0 means safe.", [
      { labels: {}, value: troublesOf(status).length },
    ]),
    ...ofServices(status.services),
    ...countersOf(new Set(status.services.map(({ service }) => service)), counts),
    ...ofClusters(status.clusters),
  ];
}

function ofServices(services: Status["services"]): Family[] {
  const each = (value: (one: ServiceStatus) => number | null): Sample[] =>
    services.flatMap((one) => sample({ service: one.service }, value(one)));
  return [
    gauge(
      "rpo_seconds",
      "Age of the last whole point's moment: what would be lost now. Missing without such a point.",
      each(({ rpoMs }) => seconds(rpoMs)),
    ),
    gauge(
      "objective_seconds",
      "The recovery point objective. Missing when none is set.",
      each(({ objectiveMs }) => seconds(objectiveMs)),
    ),
    gauge(
      "last_moment_timestamp_seconds",
      "The last point's moment, since 1970.",
      each(({ lastPoint }) => seconds(lastPoint?.moment ?? null)),
    ),
    gauge(
      "next_moment_timestamp_seconds",
      "The policy's next moment, since 1970.",
      each(({ nextMoment }) => seconds(nextMoment)),
    ),
    gauge(
      "points",
      "Recovery points.",
      each(({ points }) => points),
    ),
    gauge(
      "paused",
      "1 while a pause holds the service.",
      each(({ pause }) => Number(pause !== null)),
    ),
    gauge(
      "running",
      "1 while a run goes on.",
      each(({ activeRun }) => Number(activeRun !== null)),
    ),
  ];
}

function countersOf(shown: ReadonlySet<string>, counts: Counts): Family[] {
  return [
    {
      name: "runs_total",
      type: "counter",
      help: "Runs that are over, by outcome: done or failed.",
      samples: counts.runs
        .filter(({ service }) => shown.has(service))
        .map(({ service, outcome, runs }) => ({ labels: { service, outcome }, value: runs })),
    },
    {
      name: "moments_total",
      type: "counter",
      help: "Moments of policies, by fate: run, missed or paused.",
      samples: counts.moments
        .filter(({ service }) => shown.has(service))
        .map(({ service, fate, total }) => ({ labels: { service, fate }, value: total })),
    },
  ];
}

function ofClusters(clusters: Status["clusters"]): Family[] {
  const each = (value: (one: ClusterView) => number | null): Sample[] =>
    clusters.flatMap((view) => sample({ cluster: view.cluster.name }, value(view)));
  return [
    gauge(
      "agent_connected",
      "1 while the cluster's agent is connected.",
      each(({ connected }) => Number(connected)),
    ),
    gauge(
      "cluster_usable",
      "1 while the cluster can be used.",
      each(({ state }) => Number(state === "ok")),
    ),
    gauge(
      "clock_offset_seconds",
      "Of the agent's clock against the shared one.",
      each(({ clock }) => seconds(clock?.offsetMs ?? null)),
    ),
    gauge(
      "clock_error_seconds",
      "What the offset may be wrong by at most.",
      each(({ clock }) => seconds(clock?.errorMs ?? null)),
    ),
    gauge(
      "void_snapshots",
      "Snapshots of failed runs that wait for their turn to be deleted.",
      each(({ voidSnapshots }) => voidSnapshots),
    ),
  ];
}

function gauge(name: string, help: string, samples: readonly Sample[]): Family {
  return { name, type: "gauge", help, samples };
}

function sample(labels: Sample["labels"], value: number | null): Sample[] {
  return value === null ? [] : [{ labels, value }];
}

function seconds(ms: number | null): number | null {
  return ms === null ? null : ms / 1000;
}
