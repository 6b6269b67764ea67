/** The stage: two clusters, three machines, the processes on them, and the application that writes; built from a plan, nothing started. */
import type { Limits } from "@coeval/agent/limits";
import { policyDefaults } from "@coeval/core/model/policy";
import type { Service } from "@coeval/core/model/service";
import { createMemoryCluster, type MemoryCluster } from "@coeval/drivers/memory/cluster";
import { agentMigrations } from "@coeval/store/agent/migrations/all";
import type { AgentTables } from "@coeval/store/agent/tables";
import { controlMigrations } from "@coeval/store/control/migrations/all";
import type { ControlTables } from "@coeval/store/control/tables";
import { openDatabase } from "@coeval/store/database";
import { createHistory, type History } from "./cluster/history.ts";
import { type Call, type ClusterFaults, NO_CLUSTER_FAULTS } from "./cluster/served.ts";
import { createWriter, type Writer } from "./cluster/writer.ts";
import type { ClusterName, Plan, Subject } from "./plan.ts";
import { type AgentProcess, createAgentProcess, type Tamper } from "./processes/agent-process.ts";
import {
  type ControlProcess,
  type ControlTamper,
  createControlProcess,
} from "./processes/control-process.ts";
import {
  createMachine,
  type Machine,
  type ProcessName,
  type StandbyName,
  type Universe,
} from "./processes/machine.ts";
import { createClock, createTimepiece, type Timepiece } from "./world/clock.ts";
import { createKeyRing } from "./world/hash.ts";
import { createInbox, type Inbox } from "./world/inbox.ts";
import { createLife } from "./world/life.ts";
import { createLogBook } from "./world/log.ts";
import { createNet } from "./world/network.ts";
import type { Seed } from "./world/seed.ts";
import { createTimeServers, TIME_HOST, type TimeServer, type TimeServers } from "./world/time-server.ts";
import type { Timeline } from "./world/timeline.ts";

export interface Stage extends Universe {
  readonly plan: Plan;
  /** As they are applied first; direction and filters of one may be edited between runs. */
  readonly services: readonly Service[];
  /** The first of them. */
  readonly service: Service;
  readonly clusters: Readonly<Record<ClusterName, MemoryCluster>>;
  readonly machines: {
    readonly control: Machine<ControlTables>;
    readonly east: Machine<AgentTables>;
    readonly west: Machine<AgentTables>;
    readonly east2?: Machine<AgentTables>;
    readonly west2?: Machine<AgentTables>;
  };
  readonly control: ControlProcess;
  readonly agents: Readonly<Record<ClusterName, AgentProcess> & Partial<Record<StandbyName, AgentProcess>>>;
  /** What the agents may do, as their administrators wrote it down. */
  readonly limits: Readonly<Record<ClusterName, Limits>>;
  /** Of the primary's live tree. */
  readonly history: History;
  readonly writer: Writer;
  /** Of each service, in their order. */
  readonly writers: readonly Writer[];
  /** All calls that took effect on the clusters, oldest first. */
  readonly calls: readonly Call[];
  /** Hears each call as it takes effect. */
  readonly watchers: Set<(call: Call) => void>;
  setClusterFaults(faults: ClusterFaults): void;
  /** The shared clock, the control device's or the NTP server's, at a true time; and back. */
  sharedAt(trueMs: number): number;
  trueAt(instant: number): number;
  /** Secrets of enrolments, spent by the agents. */
  readonly secrets: string[];
  /** What people are told. */
  readonly inbox: Inbox;
  /** What an intruder achieved. */
  readonly intrusions: string[];
}

const SET_NAMES = ["events", "files", "parts"];
const WHOLE_CLUSTER: Limits = { readPrefixes: ["/data"], writePrefixes: ["/backup"] };

/** Bugs put in on purpose. */
export type Tampers = Partial<Readonly<Record<ClusterName, Tamper> & { readonly control: ControlTamper }>>;

export async function buildStage(
  seed: Seed,
  timeline: Timeline,
  plan: Plan,
  tampers: Tampers,
): Promise<Stage> {
  const universe = createUniverse(seed, timeline);
  const machines = await buildMachines(universe, plan);
  const clusters = {
    east: createCluster(universe, plan, "east"),
    west: createCluster(universe, plan, "west"),
  };
  const services = servicesOf(plan);
  prepareClusters(plan, services, clusters);
  const history = createHistory(timeline, clusters.east.names);
  const writers = createWriters(universe, services, clusters.east, history);
  const calls: Call[] = [];
  const watchers = new Set<(call: Call) => void>();
  let faults = NO_CLUSTER_FAULTS;
  const limits = { east: plan.limits.east ?? WHOLE_CLUSTER, west: plan.limits.west ?? WHOLE_CLUSTER };
  const agent = (name: ClusterName, machine: Machine<AgentTables>): AgentProcess =>
    createAgentProcess(universe, machine, {
      fs: clusters[name].fs,
      served: {
        cluster: name,
        timeline,
        latencyMs: plan.shape.latencyMs,
        faults: () => faults,
        watch(call) {
          calls.push(call);
          for (const watcher of watchers) watcher(call);
        },
      },
      limits: limits[name],
      asks: plan.asks[name] ?? null,
      tamper: tampers[name] ?? {},
    });
  const inbox = createInbox(timeline, seed.stream("inbox"));
  const shared = sharedTimepiece(universe, plan, machines);
  return {
    ...universe,
    plan,
    services,
    service: services[0] as Service,
    clusters,
    machines,
    control: createControlProcess(universe, machines.control, {
      clock: plan.clock === "ntp" ? `ntp://${TIME_HOST}` : "control",
      messenger: plan.byPolicy ? inbox.messenger : null,
      tamper: tampers.control ?? {},
    }),
    inbox,
    agents: agentsOn(machines, agent),
    limits,
    history,
    writer: writers[0] as Writer,
    writers,
    calls,
    watchers,
    setClusterFaults(next) {
      faults = next;
    },
    sharedAt: (trueMs) => shared.wallAt(trueMs),
    trueAt: (instant) => shared.trueAt(instant),
    intrusions: [],
    secrets: [],
  };
}

/** One on each machine. */
function agentsOn(
  { east, west, east2, west2 }: Stage["machines"],
  agent: (name: ClusterName, machine: Machine<AgentTables>) => AgentProcess,
): Stage["agents"] {
  return {
    east: agent("east", east),
    west: agent("west", west),
    ...(east2 && { east2: agent("east", east2) }),
    ...(west2 && { west2: agent("west", west2) }),
  };
}

function createUniverse(seed: Seed, timeline: Timeline): Universe {
  return {
    seed,
    timeline,
    book: createLogBook(timeline),
    keys: createKeyRing(),
    net: createNet(timeline, seed.stream("net")),
    timeServers: drawTimeServers(seed.stream("time servers")),
  };
}

/** Of what all go by. */
function sharedTimepiece(
  { timeServers }: Universe,
  { clock }: Plan,
  { control }: Stage["machines"],
): Timepiece {
  return clock === "ntp" ? (timeServers.get(TIME_HOST) as TimeServer).timepiece : control.timepiece;
}

const SERVER_DRIFT_PPM_MAX = 50;
const SERVER_AHEAD_MS_MAX = 60_000;
/** How far the other server is from the one that all go by. */
const OTHER_AHEAD_MS = 2000;

function drawTimeServers(seed: Seed): TimeServers {
  return createTimeServers(
    seed.between(-SERVER_DRIFT_PPM_MAX, SERVER_DRIFT_PPM_MAX),
    seed.between(-SERVER_AHEAD_MS_MAX, SERVER_AHEAD_MS_MAX),
    seed.pick([-OTHER_AHEAD_MS, OTHER_AHEAD_MS]),
  );
}

function createWriters(
  { timeline, seed }: Universe,
  services: readonly Service[],
  { names, workload }: MemoryCluster,
  history: History,
): Writer[] {
  return services.map(({ name, dataSets }, index) =>
    createWriter({
      timeline,
      seed: seed.stream(index === 0 ? "writer" : `writer ${name}`),
      names,
      workload: workload(),
      history,
      directories: dataSets.map(({ path }) => path),
    }),
  );
}

async function buildMachines(universe: Universe, { shape, standby }: Plan): Promise<Stage["machines"]> {
  const clock = (name: ProcessName) => ({ driftPpm: shape.driftPpm[name], aheadMs: shape.aheadMs[name] });
  // The one that stands by has a clock of its own, as wrong as the other's is.
  const agent = async (name: ClusterName | StandbyName, like: ClusterName = name as ClusterName) => {
    const database = await openDatabase<AgentTables>(":memory:", agentMigrations);
    const { driftPpm, aheadMs } = clock(like);
    return createMachine(
      universe,
      name,
      database,
      name === like ? clock(like) : { driftPpm: -driftPpm, aheadMs },
    );
  };
  const database = await openDatabase<ControlTables>(":memory:", controlMigrations);
  return {
    control: createMachine(universe, "control", database, clock("control")),
    east: await agent("east"),
    west: await agent("west"),
    ...(standby && { east2: await agent("east2", "east"), west2: await agent("west2", "west") }),
  };
}

/** Ends what holds memory outside the garbage collector's reach. */
export async function clearStage(stage: Stage): Promise<void> {
  for (const { life } of Object.values(stage.machines)) life?.crash();
  for (const { database } of Object.values(stage.machines)) await database.close();
}

function createCluster(
  { timeline, seed, book }: Universe,
  { shape }: Plan,
  name: ClusterName,
): MemoryCluster {
  const chance = seed.stream(`${name} cluster`);
  const life = createLife(name, () => undefined);
  const timepiece = createTimepiece(0, shape.clusterAheadMs[name], 0);
  return createMemoryCluster(
    { clock: createClock(timeline, timepiece, life, chance), random: chance, log: book.of(life) },
    { name, captureOpenFiles: shape.captureOpenFiles, pageEntries: shape.pageEntries },
  );
}

function servicesOf({ shape, directions, filters, byPolicy }: Plan): Service[] {
  const alone: Subject = { name: "orders", direction: directions[0], moments: [] };
  return (byPolicy?.subjects ?? [alone]).map(({ name, direction, moments }) => ({
    name,
    primary: "east",
    secondary: "west",
    dataSets: SET_NAMES.slice(0, shape.dataSets).map((set) => ({
      name: set,
      component: "hdfs",
      path: `/data/${name}/${set}`,
    })),
    mapping: { source: `/data/${name}`, target: `/backup/${name}` },
    policy: { ...policyDefaults, direction, tolerance: shape.tolerance, moments, filters: filters[0] },
  }));
}

function prepareClusters(
  { shape }: Plan,
  services: readonly Service[],
  clusters: Readonly<Record<ClusterName, MemoryCluster>>,
): void {
  const east = clusters.east.workload();
  for (const { dataSets, mapping } of services) {
    for (const { path } of dataSets) east.makeDirectory(path);
    const roots = shape.covering ? [mapping.source] : dataSets.map(({ path }) => path);
    for (const root of roots) east.allowSnapshot(root);
  }
  clusters.west.workload().makeDirectory("/backup");
}
