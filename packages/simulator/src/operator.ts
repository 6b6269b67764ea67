/**
 * The operator: sets the services up, and either asks for one point after the other as a person does and waits until each run is
 * over, or only watches.
 */
import { CoevalError, type ErrorCode } from "@coeval/core/errors";
import type { RecoveryPoint } from "@coeval/core/model/recovery-point";
import type { Service } from "@coeval/core/model/service";
import type { Filters } from "@coeval/core/model/policy";
import type { Direction } from "@coeval/core/protect/direction";
import { isOver, type Run } from "@coeval/core/protect/run";
import type { Call, Page, PageRequest } from "@coeval/control/call";
import type { Control } from "@coeval/control/control";
import type { Status } from "@coeval/control/status";
import type { StoredMoment } from "@coeval/store/control/moment-row";
import { GONE } from "./processes/control-process.ts";
import type { ClusterName } from "./plan.ts";
import type { Stage } from "./stage.ts";

export interface Operator {
  /** Registers clusters, enrols their agents, applies the services. The control device runs, the agents not yet. */
  setUp(): Promise<void>;
  /** Edits the service's direction and filters, where they are other ones now. */
  edit(direction: Direction, filters: Filters): Promise<void>;
  /**
   * Asks for a point until a run begins; told of its moment. Asks again for what can be better later.
   * @returns why it never began, or null.
   */
  protect(begun: (run: Run) => void): Promise<string | null>;
  /** Waits until no run goes on. @returns the runs that ended since the last call, or in which phase one still is. */
  settle(): Promise<{ readonly ended: readonly Run[] } | { readonly stuck: string }>;
  /** Of a service, oldest first. */
  points(service: string): Promise<readonly RecoveryPoint[]>;
  /** Of a service, the newest ones, oldest first. */
  runs(service: string): Promise<readonly Run[]>;
  /** Of a service, oldest first. */
  moments(service: string): Promise<readonly StoredMoment[]>;
  status(): Promise<Status>;
  /** No policy has a moment taken from now on. */
  pauseAll(): Promise<void>;
}

const CALL: Call = { who: "operator" };
/** Looks often at first, then less and less. */
const LOOK_EVERY_MS = { least: 200, most: 10_000, growth: 1.05 } as const;
/** Longer than every deadline of a run together. */
const RUN_MS_MAX = 40 * 60_000;
/** More than can end between two looks. */
const RUNS_READ_MAX = 10;
const ASK_AGAIN_MS = 700;
const ASKS_MAX = 200;
/** What passes by itself. */
const PASSING: readonly ErrorCode[] = [
  ...([
    "agent-away",
    "agent-not-ready",
    "data-folder",
    "clock-unproven",
    "cluster-unreachable",
    "safe-mode",
    "moment-too-near",
    "run-active",
  ] as const),
];

export function createOperator(stage: Stage): Operator {
  const { control, timeline, service } = stage;
  const known = new Set<string>();
  let applied = service;

  /** Asks again when the control device crashed, or could not write; only for questions that change nothing, or may be repeated. */
  async function ask<T>(question: (control: Control) => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await control.ask(question);
      } catch (thrown) {
        const full = thrown instanceof CoevalError && thrown.code === "data-folder";
        if (thrown !== GONE && !full) throw thrown;
        if (full) await timeline.pass(ASK_AGAIN_MS);
      }
    }
  }

  async function runsOf(name: string): Promise<Run[]> {
    const { items } = await ask((device) => device.runs.list({ service: name, limit: RUNS_READ_MAX }));
    return items.map(({ run }) => run).reverse();
  }

  function apply(wanted: readonly Service[]): Promise<unknown> {
    const changes = wanted.map((one) => ({ service: one, ifVersion: null }));
    return ask((device) => device.services.apply(CALL, changes, { dryRun: false }));
  }

  return {
    async setUp() {
      await register(stage, ask);
      await apply(stage.services);
    },
    async edit(direction, filters) {
      const { policy } = applied;
      if (policy.direction === direction && policy.filters === filters) return;
      applied = { ...applied, policy: { ...policy, direction, filters } };
      await apply([applied]);
    },
    protect: (begun) => protect(stage, begun),
    async settle() {
      const untilMs = timeline.nowMs + RUN_MS_MAX;
      let pauseMs: number = LOOK_EVERY_MS.least;
      for (;;) {
        const runs = await runsOf(service.name);
        const going = runs.find((run) => !isOver(run.phase));
        if (!going) {
          const ended = runs.filter((run) => !known.has(run.id));
          for (const run of ended) known.add(run.id);
          return { ended };
        }
        if (timeline.nowMs > untilMs) return { stuck: `${going.id} is still ${going.phase}` };
        await timeline.pass(pauseMs);
        pauseMs = Math.min(LOOK_EVERY_MS.most, pauseMs * LOOK_EVERY_MS.growth);
      }
    },
    points: (name) => all((request) => ask((device) => device.points.list(name, request))),
    runs: runsOf,
    moments: (name) => all((request) => ask((device) => device.moments.list(name, request))),
    status: () => ask((device) => device.status()),
    async pauseAll() {
      const pause = { what: "all", name: "", until: null, why: "the history ends" } as const;
      await ask((device) => device.pauses.pause(CALL, pause));
    },
  };
}

function scopesOf(name: ClusterName): readonly string[] {
  return name === "east" ? ["/data"] : ["/backup"];
}

/** Asks until the control device has answered. */
type Ask = <T>(question: (control: Control) => Promise<T>) => Promise<T>;

async function register(stage: Stage, ask: Ask): Promise<void> {
  for (const name of ["east", "west"] as const) {
    const cluster = {
      name,
      hdfs: { url: `webhdfs://${name}:9870`, user: "hdfs" },
      scopes: scopesOf(name),
    };
    await ask((device) => device.clusters.add(CALL, cluster));
    for (const agent of [name, `${name}2`] as const) {
      const process = stage.agents[agent];
      if (!process) continue;
      const { secret } = await ask((device) => device.clusters.enroll(CALL, name, agent));
      stage.secrets.push(secret);
      await process.enrol(secret);
    }
  }
}

/** All pages of a list that gives the newest first; turned round. */
async function all<T>(page: (request: PageRequest) => Promise<Page<T>>): Promise<T[]> {
  const found: T[] = [];
  let cursor: string | undefined;
  do {
    const { items, next } = await page({ cursor });
    found.push(...items);
    cursor = next ?? undefined;
  } while (cursor !== undefined);
  return found.reverse();
}

async function protect(stage: Stage, begun: (run: Run) => void): Promise<string | null> {
  const { control, timeline, service, plan } = stage;
  const at = plan.leadMs === null ? "earliest" : ({ inMs: plan.leadMs } as const);
  let why = "";
  for (let asked = 0; asked < ASKS_MAX; asked++) {
    try {
      const { run } = await control.ask((device) =>
        device.protect(CALL, { service: service.name, at, label: null }),
      );
      begun(run);
      return null;
    } catch (thrown) {
      // Whether it began before the crash is seen later, as a person sees it.
      if (thrown === GONE) return null;
      if (!(thrown instanceof CoevalError)) throw thrown;
      why = `${thrown.code}: ${thrown.message}`;
      if (!PASSING.includes(thrown.code)) return why;
    }
    await timeline.pass(ASK_AGAIN_MS);
  }
  return why;
}
