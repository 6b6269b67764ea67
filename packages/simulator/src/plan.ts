/** A plan: what one seed makes of a scenario. Faults are data; what cannot be said as data is an act with a trigger. */
import type { Limits } from "@coeval/agent/limits";
import type { Filters, MomentRule, Tolerance } from "@coeval/core/model/policy";
import type { Direction } from "@coeval/core/protect/direction";
import { type Call, type ClusterFaults, NO_CLUSTER_FAULTS } from "./cluster/served.ts";
import type { MachineName, ProcessName } from "./processes/machine.ts";
import type { Stage } from "./stage.ts";
import type { CrashPoint } from "./world/life.ts";
import { type LinkFaultRates, NO_LINK_FAULTS } from "./world/link-faults.ts";
import type { Seed } from "./world/seed.ts";

/** The clusters, the service and the clocks. */
export interface Shape {
  readonly dataSets: number;
  /** One snapshottable root over all data sets, or one each. */
  readonly covering: boolean;
  /** The cluster freezes files that are open at a snapshot. */
  readonly captureOpenFiles: boolean;
  readonly tolerance: Tolerance;
  /** Of one call to a cluster, both ways. */
  readonly latencyMs: readonly [least: number, most: number];
  /** Parts per million; those of two machines differ by less than the 500 that is assumed at worst. */
  readonly driftPpm: Readonly<Record<ProcessName, number>>;
  /** How far wall clocks are off at the begin; the control device's is the shared one. */
  readonly aheadMs: Readonly<Record<ProcessName, number>>;
  /** How far the clusters' own clocks are off. */
  readonly clusterAheadMs: Readonly<Record<ClusterName, number>>;
  /** Entries of a listing's page. */
  readonly pageEntries: number;
}

export type ClusterName = "east" | "west";

/** The operator asks for nothing: policies give the moments. */
export interface ByPolicy {
  /** Of one service each, at least one; each has directories of its own. */
  readonly subjects: readonly Subject[];
  /** Faults counted from the begin of run N come in the N-th stretch of so many ms. */
  readonly periodMs: number;
  /** Subjects that a fault is aimed at; nothing else may be disturbed. Null where faults spare nobody. */
  readonly aimedAt: readonly string[] | null;
}

export interface Subject {
  readonly name: string;
  readonly direction: Direction;
  readonly moments: readonly MomentRule[];
}

/** One crash, counted from the begin of a run (from 0). */
export interface Crash {
  readonly process: MachineName;
  readonly run: number;
  readonly point: CrashPoint;
  /** How long the process stays away; Infinity: it never comes back. */
  readonly downMs: number;
}

/** Nothing passes one way for a while. */
export interface Cut {
  readonly from: MachineName;
  readonly to: MachineName;
  readonly run: number;
  /** After the run's begin. */
  readonly afterMs: number;
  readonly forMs: number;
}

/** The transfer's connection breaks. */
export interface Break {
  readonly run: number;
  readonly afterMs: number;
}

export type Trigger =
  /** The n-th time, from 1, that this call took effect on the cluster since the first run began. */
  | { readonly kind: "call"; readonly cluster: ClusterName; readonly method: string; readonly nth: number }
  | { readonly kind: "before-moment"; readonly run: number; readonly ms: number }
  | { readonly kind: "after-begin"; readonly run: number; readonly ms: number }
  | { readonly kind: "after-run"; readonly run: number };

export interface Act {
  readonly name: string;
  readonly when: Trigger;
  /** `call`: the one that triggered it, where one did. */
  act(stage: Stage, call: Call | null): void;
}

export interface Plan {
  readonly scenario: string;
  readonly shape: Shape;
  /** Runs begun one after the other before the faults cease. */
  readonly runs: number;
  /** Of the runs in turn, beginning again at the end: one, or two where the service is edited between runs. */
  readonly directions: readonly [Direction, ...Direction[]];
  /** Of the runs in turn, as directions. */
  readonly filters: readonly [Filters, ...Filters[]];
  /** Ms from protect to moment; null for the earliest that can be armed. */
  readonly leadMs: number | null;
  readonly link: LinkFaultRates;
  /** Probability that a crash is not noticed by the process's peers. */
  readonly silentCrashes: number;
  readonly crashes: readonly Crash[];
  readonly cuts: readonly Cut[];
  readonly breaks: readonly Break[];
  readonly clusterFaults: ClusterFaults;
  readonly acts: readonly Act[];
  /** What all go by: the control device's own clock, or an NTP server. */
  readonly clock: "control" | "ntp";
  /** What an agent asks in the place of that server, `ntp://HOST`. */
  readonly asks: Partial<Readonly<Record<ClusterName, string>>>;
  /** Of each agent; the whole cluster when absent. */
  readonly limits: Partial<Readonly<Record<ClusterName, Limits>>>;
  /** Null: the operator asks for every run. */
  readonly byPolicy: ByPolicy | null;
  /** Each cluster has a second agent, which is enrolled after the first. */
  readonly standby: boolean;
  /** The machines sleep between the moments of a whole year. */
  readonly aYear: boolean;
  /** There are no faults: every run must be sealed. */
  readonly fair: boolean;
  /** Once the faults have ceased, the next run must be sealed. */
  readonly recovers: boolean;
}

export interface Scenario {
  /** As it is named on the command line. */
  readonly name: string;
  /** What it does to the world of a seed. */
  plan(seed: Seed): Partial<Plan>;
}

/** The seed's plan of a scenario: what the scenario does not say is fair weather. */
export function planOf(scenario: Scenario, seed: Seed): Plan {
  return {
    scenario: scenario.name,
    shape: drawShape(seed.stream("shape")),
    runs: 2,
    directions: drawDirections(seed.stream("directions")),
    filters: drawFilters(seed.stream("filters")),
    leadMs: seed.chance(0.3) ? null : seed.whole(1500, 4000),
    link: NO_LINK_FAULTS,
    silentCrashes: 0,
    crashes: [],
    cuts: [],
    breaks: [],
    clusterFaults: NO_CLUSTER_FAULTS,
    acts: [],
    clock: seed.stream("clock").chance(NTP_SHARE) ? "ntp" : "control",
    asks: {},
    limits: {},
    byPolicy: null,
    standby: false,
    aYear: false,
    fair: false,
    recovers: true,
    ...scenario.plan(seed.stream("scenario")),
  };
}

/** Of the histories in which an NTP server gives the time. */
const NTP_SHARE = 0.3;

function drawDirections(seed: Seed): Plan["directions"] {
  return seed.pick([["push"], ["push"], ["pull"], ["pull"], ["push", "pull"], ["pull", "push"]]);
}

/** Patterns of the names that the application gives. */
const EXCLUDED = ["a", "part-*", "b/**", "*/größe", "100%/", "?", "z*"];

function drawFilters(seed: Seed): Plan["filters"] {
  const none: Filters = { include: [], exclude: [] };
  const some: Filters = { include: [], exclude: [seed.pick(EXCLUDED), seed.pick(EXCLUDED)] };
  return seed.pick([[none], [none], [none], [some], [none, some], [some, none]]);
}

const DRIFT_PPM_MAX = 200;
const AHEAD_MS_MAX = 60_000;
const CLUSTER_AHEAD_MS_MAX = 3000;

function drawShape(seed: Seed): Shape {
  const drift = () => seed.between(-DRIFT_PPM_MAX, DRIFT_PPM_MAX);
  const ahead = () => seed.between(-AHEAD_MS_MAX, AHEAD_MS_MAX);
  const clusterAhead = () => seed.whole(-CLUSTER_AHEAD_MS_MAX, CLUSTER_AHEAD_MS_MAX);
  return {
    dataSets: seed.whole(1, 3),
    covering: seed.chance(0.5),
    captureOpenFiles: seed.chance(0.5),
    tolerance: {
      windowMs: seed.pick([200, 500, 2000]),
      beyond: seed.pick(["refuse", "mark"]),
      openFiles: seed.pick(["refuse", "mark"]),
    },
    latencyMs: seed.pick([
      [0.1, 1],
      [0.5, 8],
    ]),
    driftPpm: { control: drift(), east: drift(), west: drift() },
    aheadMs: { control: ahead(), east: ahead(), west: ahead() },
    clusterAheadMs: { east: clusterAhead(), west: clusterAhead() },
    pageEntries: seed.pick([2, 7, 1000]),
  };
}
