/** A control device whose store is real and whose clusters are imagined: what the routes' tests speak to. */
import { CoevalError } from "@coeval/core/errors";
import { auditAppend } from "@coeval/store/control/audit-append";
import { controlMigrations } from "@coeval/store/control/migrations/all";
import type { ControlTables } from "@coeval/store/control/tables";
import { openDatabase } from "@coeval/store/database";
import type { Call } from "../../call.ts";
import type { ClusterView } from "../../cluster-view.ts";
import type { Control } from "../../control.ts";
import type { ControlEvent } from "../../events.ts";
import type { ProtectRequest } from "../../protect-service.ts";
import type { Tx } from "../../records.ts";
import type { RunRecord } from "../../runs.ts";
import { ownClock } from "../../shared-clock.ts";
import type { CheckedService } from "../../checks/service-check.ts";
import type { ServiceRecord } from "../../services.ts";
import type { RecoveryPoint } from "@coeval/core/model/recovery-point";
import { type FakeWorld } from "./fake-world.ts";
import { sampleRun } from "./sample-run.ts";

/** What the test may look at and change. */
export interface FakeState {
  readonly protectCalls: ProtectRequest[];
  readonly changes: string[];
  findings: CheckedService["findings"];
  readonly serviceRecords: Map<string, ServiceRecord>;
  readonly clusterViews: Map<string, ClusterView>;
  readonly runRecords: Map<string, RunRecord>;
  readonly pointsById: Map<string, RecoveryPoint>;
  readonly eventsSoFar: ControlEvent[];
  /** Wakes whoever waits for events. */
  tell(object: string): void;
}

export type FakeControl = Control & FakeState;

export async function fakeControl(world: FakeWorld): Promise<FakeControl> {
  const database = await openDatabase<ControlTables>(":memory:", controlMigrations);
  const state = newState(world);
  const write: Control["write"] = (work) =>
    database.write((trx) =>
      work({
        trx,
        now: world.clock.nowMs(),
        audit: (who, what, object, details = {}) =>
          auditAppend(trx, world.hash, { at: world.clock.nowMs(), who, what, object, details }),
        event: async () => undefined,
        log: async () => undefined,
      } as Tx),
    );
  const change: Change = (call, what, object, effect) =>
    write(async (tx) => {
      const result = effect();
      state.changes.push(`${what} ${object}`);
      await tx.audit(call.who, what, object);
      await call.within?.(tx, result);
      return result;
    });
  const control: Control = {
    id: "control-test",
    clock: ownClock(world, "control:test"),
    linkAddress: "127.0.0.1:7070",
    database,
    write,
    clusters: clusters(state, change),
    agents: {
      list: async () => [],
      revoke: (call, cluster, agent) => change(call, "agent.revoke", `${cluster}/${agent}`, () => undefined),
    },
    services: services(state, change),
    moments: {
      list: async () => ({ items: [], next: null }),
      next: async () => [],
    },
    pauses: {
      list: async () => [],
      pause: (call, pause) =>
        change(call, `${pause.what}.pause`, pause.name, () => ({
          ...pause,
          since: world.clock.nowMs(),
          by: call.who,
        })),
      resume: (call, { what, name }) => change(call, `${what}.resume`, name, () => undefined),
    },
    ...runsAndPoints(world, state, change),
    events: events(state),
    protect: (call, request) =>
      change(call, "service.protect", request.service, () => {
        state.protectCalls.push(request);
        const id = `run-${state.protectCalls.length}`;
        const record = sampleRun(id, found(state.serviceRecords, request.service).service, request.label);
        state.runRecords.set(id, record);
        return record;
      }),
    status: async (names) => ({
      now: world.clock.nowMs(),
      clock: {
        source: "control:test",
        server: null,
        failure: null,
        reading: { offsetMs: 0, errorMs: 0, ageMs: 0 },
      },
      warnings: [],
      clusters: [...state.clusterViews.values()],
      services: recordsOf(state, names).map(({ service }) => ({
        service: service.name,
        primary: service.primary,
        secondary: service.secondary,
        points: 0,
        lastPoint: null,
        uncovered: [],
        rpoMs: null,
        objectiveMs: null,
        nextMoment: null,
        policyFault: null,
        lastMoment: null,
        pause: null,
        activeRun: null,
        lastFailure: null,
        toleranceMs: service.policy.tolerance.windowMs,
      })),
    }),
    stop: () => database.close(),
  };
  return Object.assign(state, control);
}

type Change = <T>(call: Call, what: string, object: string, effect: () => T) => Promise<T>;
type State = ReturnType<typeof newState>;

function newState(world: FakeWorld) {
  const waiting = new Set<() => void>();
  const eventsSoFar: ControlEvent[] = [];
  return {
    protectCalls: [] as ProtectRequest[],
    changes: [] as string[],
    findings: [] as CheckedService["findings"],
    serviceRecords: new Map<string, ServiceRecord>(),
    clusterViews: new Map<string, ClusterView>(),
    runRecords: new Map<string, RunRecord>(),
    pointsById: new Map<string, RecoveryPoint>(),
    eventsSoFar,
    waiting,
    tell(object: string): void {
      const sequence = eventsSoFar.length + 1;
      eventsSoFar.push({ sequence, at: world.clock.nowMs(), kind: "run", object, details: {} });
      for (const wake of waiting) wake();
    },
  };
}

function runsAndPoints(world: FakeWorld, state: State, change: Change): Pick<Control, "runs" | "points"> {
  return {
    runs: {
      list: async () => ({ items: [...state.runRecords.values()], next: null }),
      get: async (id) => found(state.runRecords, id),
      logs: async () => ({ items: [{ at: world.clock.nowMs(), text: "opening" }], next: null }),
      cancel: (call, id) => change(call, "run.cancel", id, () => found(state.runRecords, id)),
    },
    points: {
      list: async () => ({ items: [...state.pointsById.values()], next: null }),
      get: async (id) => found(state.pointsById, id),
      files: async () => ({ items: [], next: null }),
      check: async () => ({ checked: ["the manifest's hash"], wrong: [] }),
    },
  };
}

function clusters(state: State, change: Change): Control["clusters"] {
  return {
    add: (call, cluster) =>
      change(call, "cluster.add", cluster.name, () => {
        const view: ClusterView = {
          cluster,
          version: 1,
          identity: null,
          agent: null,
          agents: [],
          connected: false,
          lastSeenAt: null,
          state: "no-agent",
          cause: "no agent was enrolled",
          status: null,
          clock: null,
          clockFailure: null,
          clusterClock: null,
          dataAddress: null,
          role: "none",
          voidSnapshots: 0,
        };
        state.clusterViews.set(cluster.name, view);
        return view;
      }),
    get: async (name) => found(state.clusterViews, name),
    list: async () => [...state.clusterViews.values()],
    check: async (cluster, { own }) => {
      const { hdfs } = found(state.clusterViews, cluster).cluster;
      return {
        cluster,
        ok: false,
        lines: [failedLine],
        figures: { ...noFigures, agent: own, user: hdfs.user ?? null },
      };
    },
    remove: (call, name) => change(call, "cluster.remove", name, () => void state.clusterViews.delete(name)),
    enroll: (call, cluster, agent = cluster) =>
      change(call, "cluster.enroll", cluster, () => ({
        secret: "s".repeat(32),
        cluster,
        agent,
        authority: "a".repeat(64),
        expiresAt: 1_795_258_800_000,
      })),
  };
}

const failedLine = {
  about: "reach",
  level: "failed",
  text: "the NameNode does not answer",
  code: "cluster-unreachable",
  fix: "See that it runs.",
} as const;

const noFigures = {
  answeredMs: null,
  hadoop: null,
  protocol: 1,
  superuser: null,
  snapshottable: null,
  capacityBytes: null,
  usedBytes: null,
  remainingBytes: null,
  clock: null,
};

function recordsOf({ serviceRecords }: State, names: readonly string[] | undefined) {
  const all = [...serviceRecords.values()];
  return names ? all.filter(({ service }) => names.includes(service.name)) : all;
}

function services(state: State, change: Change): Control["services"] {
  return {
    async apply(call, wanted, { dryRun }) {
      const plan = () =>
        wanted.map(({ service, ifVersion }) => {
          const before = state.serviceRecords.get(service.name);
          if (ifVersion !== null && ifVersion !== before?.version)
            throw new CoevalError("edited-meanwhile", `service ${service.name} was changed`);
          const version = (before?.version ?? 0) + 1;
          return { service, version, epoch: 1, change: before ? ("changed" as const) : ("created" as const) };
        });
      if (dryRun) return plan();
      return change(call, "service.apply", wanted.map(({ service }) => service.name).join(), () => {
        const applied = plan();
        for (const one of applied) state.serviceRecords.set(one.service.name, one);
        return applied;
      });
    },
    get: async (name) => found(state.serviceRecords, name),
    list: async () => [...state.serviceRecords.values()],
    page: async () => ({ items: [...state.serviceRecords.values()], next: null }),
    examine: async (_service, { measure }) => checked(state, measure),
    check: async (_name, { measure }) => checked(state, measure),
    remove: (call, name, { points }) =>
      change(call, `service.remove.${points}`, name, () => void state.serviceRecords.delete(name)),
  };
}

function checked({ findings }: State, measure: boolean): CheckedService {
  const blocked = findings.some((finding) => finding.level === "blocks");
  return { findings, blocked, estimate: measure ? sampleEstimate : null };
}

const sampleEstimate: CheckedService["estimate"] = {
  sets: [{ set: "events", files: 2, directories: 1, bytes: 10, spaceBytes: 30 }],
  copies: {
    sets: ["events"],
    files: 2,
    directories: 1,
    bytes: 10,
    neededBytes: 30,
    setAsideBytes: { one: 1, most: 2 },
    durationMs: 25,
  },
  freeBytes: 1e12,
  rate: { filesPerSecond: 80, bytesPerSecond: 5e7, from: "assumed", runs: 0 },
};

function events(state: State): Control["events"] {
  return {
    since: async (sequence, limit) => state.eventsSoFar.slice(sequence, sequence + limit),
    last: async () => state.eventsSoFar.length,
    async *subscribe(sequence, cancel) {
      for (let next = sequence; !cancel.aborted; ) {
        const event = state.eventsSoFar[next];
        if (event) {
          next++;
          yield event;
          continue;
        }
        await new Promise<void>((wake) => {
          state.waiting.add(wake);
          cancel.addEventListener("abort", () => wake());
        });
      }
    },
  };
}

function found<T>(map: ReadonlyMap<string, T>, name: string): T {
  const value = map.get(name);
  if (value === undefined) throw new CoevalError("not-found", `there is no ${name}`);
  return value;
}
