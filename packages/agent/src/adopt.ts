/**
 * The books of a service's snapshots as the cluster shows them: whoever took one, its name says that it is this service's, and of
 * which run. What another agent of the cluster took, or an earlier self in a term that is over, is accounted for from here on.
 */
import { snapshotPrefix } from "@coeval/core/protect/instruct";
import type { Prepared, PreparedRoot } from "@coeval/core/ports/source";
import { listSnapshots, type OwnSnapshot, replaceSnapshots } from "@coeval/store/agent/snapshots";
import type { StepContext } from "./context.ts";

/** A run's id, as it ends a snapshot's name. */
export const RUN_PATTERN = /^run-[0-9a-z]{1,32}$/;

/** Brings the books of the run's service up to date with the cluster, in the order in which the snapshots were taken. */
export async function adoptSnapshots(context: StepContext<"release">): Promise<void> {
  const { db, instruction, source, cancel, lease, world } = context;
  const { run, service, order } = instruction;
  const own = await listSnapshots(db, service);
  // Alone, the books are all there is.
  if (!lease.others && own.some((snapshot) => snapshot.run === run)) return;
  const roots = await source.roots(order.sets, cancel);
  const prefix = snapshotPrefix(service);
  const there = new Map<string, PreparedRoot[]>();
  const runs: string[] = [];
  for (const root of roots) {
    let after = -1;
    for (const name of await source.snapshots(root.root, prefix, cancel)) {
      const of = name.slice(prefix.length);
      if (!RUN_PATTERN.test(of)) continue;
      there.set(of, [...(there.get(of) ?? []), { ...root, sets: [] }]);
      const known = runs.indexOf(of);
      if (known < 0) runs.splice(++after, 0, of);
      else after = known;
    }
  }
  if (runs.every((of) => own.some((snapshot) => snapshot.run === of))) return;
  world.log.info("snapshots adopted", { service, runs: runs.join(" ") });
  const adopted = runs.map((of): Omit<OwnSnapshot, "sequence" | "service"> => {
    const known = own.find((snapshot) => snapshot.run === of);
    if (known) return known;
    const base = of === order.holding.base?.run;
    const prepared = preparedOf(`${prefix}${of}`, there.get(of) ?? []);
    return { run: of, prepared, state: of === run ? "live" : base ? "base" : "void" };
  });
  // What was intended and never taken, or lies at other roots, stays in the books.
  const rest = own.filter((snapshot) => !runs.includes(snapshot.run));
  const older = rest.filter((snapshot) => snapshot.run !== run);
  const mine = rest.filter((snapshot) => snapshot.run === run);
  await replaceSnapshots(db, service, [...older, ...adopted, ...mine]);
}

/** As far as releasing needs it; nothing is read from it. */
function preparedOf(snapshotName: string, roots: readonly PreparedRoot[]): Prepared {
  return { snapshotName, roots, freezesOpenFiles: false, listsOpenFiles: false };
}
