/** The conductor keeps the processes running, and brings the plan's faults when their time has come. */
import type { Act, Cut, Trigger } from "./plan.ts";
import { type Call, NO_CLUSTER_FAULTS } from "./cluster/served.ts";
import type { MachineName } from "./processes/machine.ts";
import type { Stage } from "./stage.ts";
import { createDatabaseDisk } from "./world/database.ts";
import { LATENCY_MS_MAX } from "./world/files.ts";
import { NO_LINK_FAULTS } from "./world/link-faults.ts";

export interface Conductor {
  /** Starts a process; whenever it crashes it comes back. */
  start(name: MachineName): void;
  /** All agents, those that stand by last. */
  startAgents(): void;
  /** The faults of a run, right before it is begun. */
  begin(run: number): void;
  /** The run's moment is known now. */
  moment(run: number, trueMs: number): void;
  ended(run: number): void;
  /** The agents go, and do not come back by themselves. */
  dismiss(): void;
  /** Fair weather from here on: everything is mended and everybody comes back. */
  cease(): void;
}

/** How long a process is away that crashed without a plan. */
const DOWN_MS = 500;
/** Those that stand by are started so much later: the first ones act first. */
const STANDBY_AFTER_MS = 1500;
/** Of a secondary in fair weather. */
const ROOM_BYTES = 2 ** 50;
/** Whoever is still away when the faults cease is back within this. */
const BACK_MS_MAX = 60_000;

export function createConductor(stage: Stage): Conductor {
  const { plan, timeline, net, machines, book } = stage;
  const down = new Map<MachineName, number>();
  const dismissed = new Set<MachineName>();
  const acts = createActs(stage);

  function start(name: MachineName): void {
    if (machines[name]?.life?.alive) return;
    dismissed.delete(name);
    const crashed = (): void => {
      if (dismissed.has(name)) return;
      const downMs = down.get(name) ?? DOWN_MS;
      down.delete(name);
      if (downMs === Number.POSITIVE_INFINITY) return;
      timeline.after(acts.ceased ? Math.min(downMs, BACK_MS_MAX) : downMs, () => start(name));
    };
    if (name === "control") stage.control.start(crashed);
    else stage.agents[name]?.start(crashed);
  }

  return {
    start,
    startAgents() {
      start("east");
      start("west");
      timeline.after(STANDBY_AFTER_MS, () => {
        for (const name of ["east2", "west2"] as const) start(name);
      });
    },
    begin(run) {
      if (run === 0) {
        acts.watchCalls();
        net.setLinkFaults("control", plan.link);
        net.setSilentCrashes(plan.silentCrashes);
        stage.setClusterFaults(plan.clusterFaults);
      }
      for (const { process, point, downMs } of plan.crashes.filter((one) => one.run === run)) {
        down.set(process, downMs);
        machines[process]?.crashAt(point);
      }
      for (const cut of plan.cuts.filter((one) => one.run === run))
        timeline.after(cut.afterMs, () => {
          if (!acts.ceased) separate(stage, cut);
        });
      for (const { afterMs } of plan.breaks.filter((one) => one.run === run))
        timeline.after(afterMs, () => {
          const broken = acts.ceased ? 0 : net.breakBetween("east", "west");
          if (broken > 0) book.write("fault", "connection broken", { broken });
        });
      for (const one of acts.due("after-begin"))
        if (one.when.run === run) timeline.after(one.when.ms, () => acts.perform(one, null));
    },
    moment(run, trueMs) {
      for (const one of acts.due("before-moment"))
        if (one.when.run === run) timeline.at(trueMs - one.when.ms, () => acts.perform(one, null));
    },
    ended(run) {
      for (const one of acts.due("after-run")) if (one.when.run === run) acts.perform(one, null);
    },
    dismiss() {
      for (const name of ["east", "west"] as const) {
        dismissed.add(name);
        machines[name].life?.crash();
      }
    },
    cease() {
      acts.cease();
      book.write("fault", "all faults cease");
      mend(stage);
    },
  };
}

/** Nothing is broken, full, slow, cut, run out or silent any more. */
function mend(stage: Stage): void {
  const { plan, net, machines } = stage;
  net.setLinkFaults("control", NO_LINK_FAULTS);
  stage.setClusterFaults(NO_CLUSTER_FAULTS);
  for (const { from, to } of plan.cuts) net.mend(from, to);
  for (const machine of Object.keys(machines)) net.renew(machine);
  stage.clusters.west.setRemainingBytes(ROOM_BYTES);
  for (const cluster of Object.values(stage.clusters)) {
    cluster.setReachable(true);
    cluster.setSafeMode(false);
  }
  for (const server of stage.timeServers.values()) server.answers = true;
  for (const machine of Object.values(machines)) {
    machine.crashAt(null);
    machine.disk.freeBytes = Number.POSITIVE_INFINITY;
    machine.disk.latencyMsMax = LATENCY_MS_MAX;
    Object.assign(machine.databaseDisk, createDatabaseDisk());
  }
}

function separate({ net, book, timeline }: Stage, { from, to, forMs }: Cut): void {
  book.write("fault", "cut", { from, to, forMs: Math.round(forMs) });
  net.cut(from, to);
  timeline.after(forMs, () => net.mend(from, to));
}

type ActOn<Kind extends Trigger["kind"]> = Act & { readonly when: Extract<Trigger, { kind: Kind }> };

interface Acts {
  due<Kind extends Trigger["kind"]>(kind: Kind): readonly ActOn<Kind>[];
  perform(act: Act, call: Call | null): void;
  /** From now on, calls to the clusters trigger what waits for them. */
  watchCalls(): void;
  cease(): void;
  readonly ceased: boolean;
}

function createActs(stage: Stage): Acts {
  const { plan, book, watchers } = stage;
  const counts = new Map<string, number>();
  let ceased = false;

  const due: Acts["due"] = <Kind extends Trigger["kind"]>(kind: Kind) =>
    plan.acts.filter((one): one is ActOn<Kind> => one.when.kind === kind);

  const perform = (one: Act, call: Call | null): void => {
    if (ceased) return;
    book.write("fault", one.name);
    one.act(stage, call);
  };

  return {
    due,
    perform,
    watchCalls() {
      watchers.add((call) => {
        const key = `${call.cluster} ${call.method}`;
        const count = (counts.get(key) ?? 0) + 1;
        counts.set(key, count);
        for (const one of due("call")) {
          const { cluster, method, nth } = one.when;
          if (cluster === call.cluster && method === call.method && nth === count) perform(one, call);
        }
      });
    },
    cease() {
      ceased = true;
    },
    get ceased() {
      return ceased;
    },
  };
}
