/** By policy: the operator asks for nothing and only watches, while moments come, runs are made, and faults fall. */
import type { Instant } from "@coeval/core/model/instant";
import { isOver, type Run } from "@coeval/core/protect/run";
import { createConductor } from "./conductor.ts";
import type { Inspection } from "./inspection.ts";
import { createOperator, type Operator } from "./operator.ts";
import type { ByPolicy } from "./plan.ts";
import type { ProcessName } from "./processes/machine.ts";
import type { Stage } from "./stage.ts";

/** What is found out in the course of it. */
export interface Notes {
  readonly inspection: Inspection;
  readonly runs: Run[];
  readonly runCalls: Record<ProcessName, number>[];
}

/** After the last run: what is late or replayed has come by then. */
export const QUIET_MS = 130_000;
/** Between two looks: less than what is between a run's begin and its moment. */
const LOOK_MS = { least: 100, most: 900 } as const;
/** Once the faults have ceased every service is watched for this long, … */
const CALM_MS = 25_000;
/** … and then until it has a point from there on, but no longer than this. */
const CALM_MS_MAX = 15 * 60_000;
/** Longer than every deadline of a run together. */
const ENDING_MS_MAX = 40 * 60_000;

export async function watchOn(stage: Stage, { periodMs }: ByPolicy, notes: Notes): Promise<void> {
  const { plan, timeline, seed, services, writers } = stage;
  const { inspection } = notes;
  const operator = createOperator(stage);
  const conductor = createConductor(stage);
  let period = 0;
  let begun = -1;
  const eye = createEye(stage, operator, notes, (run) => {
    if (begun < period) conductor.moment(period, stage.trueAt(run.moment));
    begun = period;
  });

  async function watch(wanted: () => boolean): Promise<void> {
    while (wanted() && inspection.well) {
      await eye.look();
      await timeline.pass(seed.between(LOOK_MS.least, LOOK_MS.most));
    }
  }

  conductor.start("control");
  await operator.setUp();
  for (const { name } of services) inspection.of(name).applied();
  conductor.startAgents();
  for (const writer of writers) writer.start();
  for (; period < plan.runs; period++) {
    const untilMs = timeline.nowMs + periodMs;
    conductor.begin(period);
    await watch(() => timeline.nowMs < untilMs);
    conductor.ended(period);
  }
  conductor.cease();
  const ceasedMs = timeline.nowMs;
  const ceasedAt = stage.sharedAt(ceasedMs);
  await watch(() => timeline.nowMs < ceasedMs + CALM_MS);
  const waits = (): string[] => (plan.recovers ? eye.withoutPointSince(ceasedAt) : []);
  await watch(() => waits().length > 0 && timeline.nowMs < ceasedMs + CALM_MS_MAX);
  await operator.pauseAll();
  const pausedMs = timeline.nowMs;
  await watch(() => eye.active && timeline.nowMs < pausedMs + ENDING_MS_MAX);
  for (const writer of writers) writer.stop();
  const late = waits().map((name) => `${name} has no point of a moment after the faults`);
  inspection.complain("run-ends", eye.active ? ["a run still goes on"] : late);
  if (!inspection.well) return;
  await timeline.pass(QUIET_MS);
  await eye.look();
  for (const { name } of services) inspection.of(name).moments(await operator.moments(name));
  await inspection.all();
}

export interface Eye {
  look(): Promise<void>;
  /** A run went on at the last look. */
  readonly active: boolean;
  withoutPointSince(instant: Instant): string[];
}

/** @param met told of each run once, as soon as it is seen. */
export function createEye(stage: Stage, operator: Operator, notes: Notes, met: (run: Run) => void): Eye {
  const { inspection, runs: all } = notes;
  const known = new Set<string>();
  const over = new Set<string>();
  const newest = new Map<string, Instant>();
  const seenLast = new Map<string, string>();
  let active = true;

  async function lookAt(name: string): Promise<void> {
    const { ended, facts } = inspection.of(name);
    for (const run of await operator.runs(name)) {
      if (!known.has(run.id)) {
        known.add(run.id);
        facts.writer.hurryAround(stage.trueAt(run.moment));
        met(run);
      }
      if (!isOver(run.phase) || over.has(run.id)) continue;
      over.add(run.id);
      all.push(run);
      await ended(run);
    }
  }

  return {
    get active() {
      return active;
    },
    withoutPointSince: (instant) =>
      stage.services
        .map(({ name }) => name)
        .filter((name) => (newest.get(name) ?? Number.NEGATIVE_INFINITY) < instant),
    async look() {
      const status = await operator.status();
      active = false;
      const changed: string[] = [];
      for (const { service, points, lastPoint, activeRun, lastFailure } of status.services) {
        if (activeRun) active = true;
        const seen = `${activeRun?.id} ${lastPoint?.id} ${lastFailure?.run}`;
        if (seenLast.get(service) !== seen) changed.push(service);
        seenLast.set(service, seen);
        const { facts, points: found } = inspection.of(service);
        if (points !== facts.points.length) found(await operator.points(service));
        if (lastPoint) newest.set(service, lastPoint.moment);
      }
      inspection.status(status);
      for (const name of changed) await lookAt(name);
    },
  };
}
