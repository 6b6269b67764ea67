/** Status: am I safe? What each service would lose now, against what is aimed at; what goes on, what comes, what went wrong last. */
import type { Failure } from "@coeval/core/errors";
import type { Instant } from "@coeval/core/model/instant";
import { pausedBy } from "@coeval/core/model/pause";
import type { Service } from "@coeval/core/model/service";
import { mayNest } from "@coeval/core/model/set-pattern";
import type { Progress } from "@coeval/core/protect/instruction";
import type { Phase, Run } from "@coeval/core/protect/run";
import type { Grade } from "@coeval/core/protect/snapshot";
import type { TimeServer } from "@coeval/core/ports/time-source";
import type { StoredMoment } from "@coeval/store/control/moment-row";
import type { StoredPause } from "@coeval/store/control/pause-list";
import type { NewestPoint } from "@coeval/store/control/point-newest";
import type { EndedRun } from "@coeval/store/control/run-newest-ended";
import { agentNotices } from "./agent-notices.ts";
import { clockWarnings, type ClockWarning } from "./clock-warnings.ts";
import type { ClusterView } from "./cluster-view.ts";
import { type Forecast, forecastOf } from "./forecast.ts";
import type { Pace } from "./rates.ts";

export interface Status {
  readonly now: Instant;
  readonly clock: OwnClock;
  readonly warnings: readonly ClockWarning[];
  readonly clusters: readonly ClusterView[];
  /** The worst first: services without a whole point, then by how far beyond the objective, then by age. */
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
  /** What the last point does not hold: names of data sets that were added, or moved, after it; paths that a pattern means and it leaves out. */
  readonly uncovered: readonly string[];
  /**
   * What would be lost if the primary failed now: the age of the last whole point's moment, and the shared clock's error. Never less than the truth. Null when there is no
   * point that holds every data set: then some of the data would be lost altogether.
   */
  readonly rpoMs: number | null;
  /** What is aimed at; null when nothing is. */
  readonly objectiveMs: number | null;
  /** The policy's next moment; null when none comes. */
  readonly nextMoment: Instant | null;
  /** Why the policy cannot be asked for moments; null when it can. */
  readonly policyFault: Failure | null;
  /** What became of the policy's last moment; null when it gave none. */
  readonly lastMoment: StoredMoment | null;
  /** The pause that holds the service now. */
  readonly pause: StoredPause | null;
  readonly activeRun: {
    readonly id: string;
    readonly phase: Phase;
    readonly moment: Instant;
    readonly progress: { readonly source: Progress | null; readonly target: Progress | null };
    readonly forecast: Forecast | null;
  } | null;
  /** The last run's failure; null when the last run that ended was sealed. */
  readonly lastFailure: { readonly run: string; readonly at: Instant; readonly cause: Failure } | null;
  /** Of its policy: the latest that a snapshot may be taken after the moment. */
  readonly toleranceMs: number;
}

/** What a service's status is made from. */
export interface ServiceInputs {
  readonly service: Service;
  /** With the source paths of its data sets, and of what its patterns meant and it does not hold. */
  readonly last:
    | (NewestPoint & { readonly sources: readonly string[]; readonly uncovered: readonly string[] })
    | null;
  /** With its newest progress. */
  readonly active: Run | null;
  readonly pace: Pace | null;
  readonly lastEnded: EndedRun | null;
  readonly lastMoment: StoredMoment | null;
  readonly next: { readonly moment: Instant | null; readonly fault: Failure | null };
}

/** Pure. `now` must have been read after the inputs: a point that came meanwhile only makes the truth better than what is reported. */
export function statusOf(
  now: Instant,
  clock: OwnClock,
  clusters: readonly ClusterView[],
  services: readonly ServiceInputs[],
  pauses: readonly StoredPause[],
): Status {
  // The present may be as much later than it seems.
  const errorMs = clock.reading?.errorMs ?? 0;
  const seen = services.map((inputs) => serviceStatus(now, errorMs, inputs, pauses));
  const warnings = [
    ...agentNotices(clusters).map(({ about, text }) => ({ cluster: about.slice("cluster/".length), text })),
    ...clockWarnings(clock, clusters),
  ];
  return { now, clock, warnings, clusters, services: seen.toSorted(worstFirst) };
}

/** How far beyond its objective a service is, ms; null when it is not, or has none. */
export function behindMs({ rpoMs, objectiveMs }: ServiceStatus): number | null {
  if (objectiveMs === null || rpoMs === null || rpoMs <= objectiveMs) return null;
  return rpoMs - objectiveMs;
}

function worstFirst(a: ServiceStatus, b: ServiceStatus): number {
  const [behindA, behindB] = [a, b].map((one) =>
    one.rpoMs === null ? Number.MAX_VALUE : (behindMs(one) ?? 0),
  ) as [number, number];
  if (behindA !== behindB) return behindB - behindA;
  const older = (b.rpoMs ?? 0) - (a.rpoMs ?? 0);
  return older === 0 ? (a.service < b.service ? -1 : 1) : older;
}

function serviceStatus(
  now: Instant,
  errorMs: number,
  inputs: ServiceInputs,
  pauses: readonly StoredPause[],
): ServiceStatus {
  const { service, last, active, lastEnded, next } = inputs;
  const failed = lastEnded?.phase === "failed" ? lastEnded.cause : null;
  const uncovered = last ? uncoveredBy(service, last) : [];
  return {
    service: service.name,
    primary: service.primary,
    secondary: service.secondary,
    points: last?.points ?? 0,
    lastPoint: last && { id: last.id, moment: last.moment, grade: last.grade },
    uncovered,
    rpoMs: last && uncovered.length === 0 ? Math.max(0, now + errorMs - last.moment) : null,
    objectiveMs: service.policy.objective?.rpoMs ?? null,
    nextMoment: next.moment,
    policyFault: next.fault,
    lastMoment: inputs.lastMoment,
    pause: pausedBy(pauses, service, now) as StoredPause | null,
    activeRun: active && {
      id: active.id,
      phase: active.phase,
      moment: active.moment,
      progress: active.progress,
      forecast: forecastOf(now, { moment: active.moment, pace: inputs.pace, last: last?.moment ?? null }),
    },
    lastFailure: failed && lastEnded ? { run: lastEnded.id, at: lastEnded.endedAt, cause: failed } : null,
    toleranceMs: service.policy.tolerance.windowMs,
  };
}

/** Of a pattern a point holds what there was; that it names something which it does not hold stands in its certificate. */
function uncoveredBy({ dataSets }: Service, last: NonNullable<ServiceInputs["last"]>): string[] {
  const isHeld = ({ path, onUncovered }: Service["dataSets"][number]): boolean =>
    onUncovered === undefined
      ? last.sources.includes(path)
      : last.sources.some((source) => mayNest({ path, onUncovered }, { path: source }));
  const missing = dataSets.filter((set) => !isHeld(set)).map(({ name }) => name);
  return [...missing, ...last.uncovered];
}
