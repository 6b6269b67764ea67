/** A control device in a few lines: core's reducer between two sites, instructions sent again to whoever comes back. */
import type { DataSet } from "@coeval/core/model/data-set";
import { certificateSha256 } from "@coeval/core/model/certificate";
import type { Filters } from "@coeval/core/model/policy";
import type { Direction } from "@coeval/core/protect/direction";
import type { Instruction, Outcome } from "@coeval/core/protect/instruction";
import { type Command, isOver, type Run, type RunEvent, step } from "@coeval/core/protect/run";
import { fakeHash } from "@coeval/core/testing/fake-hash";
import { directed } from "@coeval/core/testing/runs";
import { BEGIN_MS, type FakeTime } from "./fake-time.ts";
import { measure, type Site } from "./site.ts";

export interface Conductor {
  /** The run as far as it is. */
  readonly run: Run;
  /** Resolves when the run is over. */
  readonly over: Promise<Run>;
  /** All instructions given, in order. */
  readonly given: readonly Instruction[];
  readonly outcomes: ReadonlyMap<string, Outcome>;
  /** Lines for the run's log, as they came: `source: …`. */
  readonly told: readonly string[];
  /** A site's process is there again: it is told everything that it has not answered. */
  returned(site: Site): void;
  feed(event: RunEvent): void;
}

const AGAIN_MS = 2000;

/** What of a run differs from test to test. */
export interface RunChoice {
  readonly sets: readonly string[];
  readonly direction: Direction;
  /** The run before; null for the first. */
  readonly last: Run | null;
  /** Default: nothing is left out. */
  readonly filters?: Filters;
}

/** The next run of a service, based on the run before. */
export function runOf(id: string, time: FakeTime, sites: Sites, choice: RunChoice): Run {
  const { sets, direction, last } = choice;
  const dataSets: DataSet[] = sets.map((name) => ({ name, component: "hdfs", path: `/data/${name}` }));
  const certificate = last?.certificate ?? null;
  const begun = directed(direction);
  const { policy } = begun.service;
  const sideOf = ({ cluster, agent, fingerprint }: Site) => ({ cluster, agent, fingerprint, identity: null });
  return {
    ...begun,
    id: `run-${id}`,
    point: `point-${id}`,
    service: { ...begun.service, dataSets, policy: { ...policy, filters: choice.filters ?? policy.filters } },
    moment: BEGIN_MS + Math.ceil(time.nowMs) + 1000,
    source: sideOf(sites.source),
    target: sideOf(sites.target),
    base: last &&
      certificate && { point: last.point, run: last.id, manifestSha256: certificate.body.manifest.sha256 },
    previous: last &&
      certificate && { point: last.point, certificateSha256: certificateSha256(fakeHash, certificate) },
  };
}

export interface Sites {
  readonly source: Site;
  readonly target: Site;
}

/** Begins the run and drives it on as the sites answer. */
export function conduct(run: Run, time: FakeTime, sites: Sites): Conductor {
  const given: Instruction[] = [];
  const open = new Map<string, Instruction>();
  const outcomes = new Map<string, Outcome>();
  const told: string[] = [];
  const over = Promise.withResolvers<Run>();
  const clock = time.clock();
  let current = run;

  const siteOf = ({ role }: Instruction): Site => (role === "primary" ? sites.source : sites.target);
  const perform = (command: Command): void => {
    if (command.kind !== "instruct") return;
    given.push(command.instruction);
    open.set(command.instruction.id, command.instruction);
    void siteOf(command.instruction).instruct(command.instruction);
  };
  const feed = (event: RunEvent): void => {
    const { run: next, commands } = step(current, event);
    if (next.phase === "giving-up" && current.phase !== "giving-up") open.clear();
    current = next;
    for (const command of commands) perform(command);
    if (isOver(next.phase)) over.resolve(next);
  };
  for (const side of ["source", "target"] as const) {
    sites[side].hear = {
      report(_id, report, lines) {
        for (const { text } of lines) told.push(`${side}: ${text}`);
        feed({ kind: "reported", side, report, now: BEGIN_MS + time.nowMs });
      },
      answer(id, outcome) {
        const instruction = open.get(id);
        if (!instruction) return;
        open.delete(id);
        outcomes.set(id, outcome);
        for (const { text } of outcome.lines ?? []) told.push(`${side}: ${text}`);
        const now = BEGIN_MS + time.nowMs;
        feed({ kind: "answered", side, step: instruction.order.step, outcome, now });
      },
    };
  }
  const again = async (): Promise<void> => {
    while (!isOver(current.phase)) {
      await clock.sleep(AGAIN_MS);
      for (const site of [sites.source, sites.target]) measure(site.clock, clock.elapsedMs(), time);
      for (const instruction of Array.from(open.values())) void siteOf(instruction).instruct(instruction);
    }
  };
  for (const site of [sites.source, sites.target]) measure(site.clock, clock.elapsedMs(), time);
  feed({ kind: "begin" });
  void again();
  return {
    get run() {
      return current;
    },
    over: over.promise,
    given,
    outcomes,
    told,
    feed,
    returned(site) {
      for (const instruction of open.values())
        if (siteOf(instruction) === site) void site.instruct(instruction);
    },
  };
}
