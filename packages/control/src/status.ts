/** Status: am I safe? What each service would lose now, what goes on, what failed last. */
import type { Failure } from "@coeval/core/errors";
import type { Instant } from "@coeval/core/model/instant";
import type { Service } from "@coeval/core/model/service";
import type { Progress } from "@coeval/core/protect/instruction";
import type { Phase } from "@coeval/core/protect/run";
import type { Grade } from "@coeval/core/protect/snapshot";
import type { Run } from "@coeval/core/protect/run";
import type { TimeServer } from "@coeval/core/ports/time-source";
import type { StoredPoint } from "@coeval/store/control/point-row";
import type { StoredRun } from "@coeval/store/control/run-row";
import { clockWarnings, type ClockWarning } from "./clock-warnings.ts";
import type { ClusterView } from "./cluster-view.ts";

export interface Status {
  readonly now: Instant;
  readonly clock: OwnClock;
  readonly warnings: readonly ClockWarning[];
  readonly clusters: readonly ClusterView[];
  /** The worst achieved RPO first; services without a point before all. */
  readonly services: readonly ServiceStatus[];
}

/** The shared clock as the control device itself knows it. */
export interface OwnClock {
  readonly source: string;
  readonly server: TimeServer | null;
  readonly failure: string | null;
  /** How far our own wall clock is ahead of the source; null before the first reading. */
  readonly reading: { readonly offsetMs: number; readonly errorMs: number; readonly ageMs: number } | null;
}

export interface ServiceStatus {
  readonly service: string;
  readonly primary: string;
  readonly secondary: string;
  readonly points: number;
  readonly lastPoint: { readonly id: string; readonly moment: Instant; readonly grade: Grade } | null;
  /** What would be lost if the primary failed now: the age of the last point's moment. Null without a point. */
  readonly rpoMs: number | null;
  readonly activeRun: {
    readonly id: string;
    readonly phase: Phase;
    readonly moment: Instant;
    readonly progress: { readonly source: Progress | null; readonly target: Progress | null };
  } | null;
  /** The last run's failure; null when the last run that ended was sealed. */
  readonly lastFailure: { readonly run: string; readonly cause: Failure } | null;
}

/** What a service's status is made from. */
export interface ServiceInputs {
  readonly service: Service;
  readonly points: number;
  readonly last: StoredPoint | null;
  /** With its newest progress. */
  readonly active: Run | null;
  readonly lastEnded: StoredRun | null;
}

/** Pure. */
export function statusOf(
  now: Instant,
  clock: OwnClock,
  clusters: readonly ClusterView[],
  services: readonly ServiceInputs[],
): Status {
  const seen = services.map((inputs) => serviceStatus(now, inputs));
  const worstFirst = (a: ServiceStatus, b: ServiceStatus) =>
    (b.rpoMs ?? Number.MAX_VALUE) - (a.rpoMs ?? Number.MAX_VALUE) || (a.service < b.service ? -1 : 1);
  const warnings = clockWarnings(clock, clusters);
  return { now, clock, warnings, clusters, services: seen.toSorted(worstFirst) };
}

function serviceStatus(now: Instant, inputs: ServiceInputs): ServiceStatus {
  const { service, points, last, active, lastEnded } = inputs;
  const failed = lastEnded?.run.phase === "failed" ? lastEnded.run.cause : null;
  return {
    service: service.name,
    primary: service.primary,
    secondary: service.secondary,
    points,
    lastPoint: last && { id: last.id, moment: last.moment, grade: last.grade },
    rpoMs: last && now - last.moment,
    activeRun: active && {
      id: active.id,
      phase: active.phase,
      moment: active.moment,
      progress: active.progress,
    },
    lastFailure: failed && lastEnded ? { run: lastEnded.run.id, cause: failed } : null,
  };
}
