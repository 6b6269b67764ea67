/** The conductor keeps the processes running, and brings the plan's faults when their time has come. */
import type { Act, Trigger } from "./plan.ts";
import { type Call, NO_CLUSTER_FAULTS } from "./cluster/served.ts";
import type { ProcessName } from "./processes/machine.ts";
import type { Stage } from "./stage.ts";
import { NO_LINK_FAULTS } from "./world/link-faults.ts";

export interface Conductor {
  /** Starts a process; whenever it crashes it comes back. */
  start(name: ProcessName): void;
  /** The faults of a run, right before it is begun. */
  begin(run: number): void;
  /** The run's moment is known now. */
  moment(run: number, trueMs: number): void;
  ended(run: number): void;
  /** Fair weather from here on: everything is mended and everybody comes back. */
  cease(): void;
}

/** How long a process is away that crashed without a plan. */
const DOWN_MS = 500;
/** Whoever is still away when the faults cease is back within this. */
const BACK_MS_MAX = 60_000;

export function createConductor(stage: Stage): Conductor {
  const { plan, timeline, net, machines, book } = stage;
  const down = new Map<ProcessName, number>();
  let ceased = false;

  function start(name: ProcessName): void {
    if (machines[name].life?.alive) return;
    const crashed = (): void => {
      const downMs = down.get(name) ?? DOWN_MS;
      down.delete(name);
      timeline.after(ceased ? Math.min(downMs, BACK_MS_MAX) : downMs, () => start(name));
    };
    if (name === "control") stage.control.start(crashed);
    else stage.agents[name].start(crashed);
  }

  const act = (one: Act, call: Call | null = null): void => {
    if (ceased) return;
    book.write("fault", one.name);
    one.act(stage, call);
  };
  const due = <Kind extends Trigger["kind"]>(kind: Kind) =>
    plan.acts.filter(
      (one): one is Act & { when: Extract<Trigger, { kind: Kind }> } => one.when.kind === kind,
    );

  function watchCalls(): void {
    const counts = new Map<string, number>();
    stage.watchers.add((call) => {
      const key = `${call.cluster} ${call.method}`;
      const count = (counts.get(key) ?? 0) + 1;
      counts.set(key, count);
      for (const one of due("call")) {
        const { cluster, method, nth } = one.when;
        if (cluster === call.cluster && method === call.method && nth === count) act(one, call);
      }
    });
  }

  return {
    start,
    begin(run) {
      if (run === 0) {
        watchCalls();
        net.setLinkFaults("control", plan.link);
        net.setSilentCrashes(plan.silentCrashes);
        stage.setClusterFaults(plan.clusterFaults);
      }
      for (const crash of plan.crashes.filter((one) => one.run === run)) {
        down.set(crash.process, crash.downMs);
        machines[crash.process].crashAt(crash.point);
      }
      for (const { from, to, afterMs, forMs } of plan.cuts.filter((one) => one.run === run)) {
        timeline.after(afterMs, () => {
          if (ceased) return;
          book.write("fault", "cut", { from, to, forMs: Math.round(forMs) });
          net.cut(from, to);
          timeline.after(forMs, () => net.mend(from, to));
        });
      }
      for (const { afterMs } of plan.breaks.filter((one) => one.run === run)) {
        timeline.after(afterMs, () => {
          const broken = ceased ? 0 : net.breakBetween("east", "west");
          if (broken > 0) book.write("fault", "connection broken", { broken });
        });
      }
      for (const one of due("after-begin"))
        if (one.when.run === run) timeline.after(one.when.ms, () => act(one));
    },
    moment(run, trueMs) {
      for (const one of due("before-moment"))
        if (one.when.run === run) timeline.at(trueMs - one.when.ms, () => act(one));
    },
    ended(run) {
      for (const one of due("after-run")) if (one.when.run === run) act(one);
    },
    cease() {
      ceased = true;
      book.write("fault", "all faults cease");
      net.setLinkFaults("control", NO_LINK_FAULTS);
      stage.setClusterFaults(NO_CLUSTER_FAULTS);
      for (const { from, to } of plan.cuts) net.mend(from, to);
      for (const machine of Object.values(machines)) machine.crashAt(null);
    },
  };
}
