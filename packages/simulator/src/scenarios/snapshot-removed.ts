/** Somebody deletes our snapshot on the primary: the running moment's while it is read, or the base. */
import type { Act, Scenario } from "../plan.ts";
import type { Stage } from "../stage.ts";

export const snapshotRemoved: Scenario = {
  name: "snapshot-removed",
  plan(seed) {
    const when: Act["when"] = seed.chance(0.3)
      ? { kind: "after-run", run: 0 }
      : {
          kind: "call",
          cluster: "east",
          method: seed.pick(["open", "listPage", "status"]),
          nth: seed.whole(1, 150),
        };
    return { runs: 3, acts: [{ name: "snapshot removed underfoot", when, act: removeNewest }] };
  },
};

function removeNewest({ clusters }: Stage): void {
  const newest = clusters.east.allSnapshots().findLast((snapshot) => snapshot.includes("@coeval-"));
  if (!newest) return;
  const cut = newest.lastIndexOf("@");
  clusters.east.removeSnapshot(newest.slice(0, cut), newest.slice(cut + 1));
}
