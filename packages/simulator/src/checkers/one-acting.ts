/** One acting: from the instant at which a term rose, no agent of the cluster but the new one changes anything there. */
import { readAudit } from "@coeval/store/control/audit-list";
import { MUTATING } from "../cluster/served.ts";
import type { Checker, Facts } from "./checker.ts";

const TOLD_MAX = 3;
/** More than one history audits. */
const AUDIT_MAX = 100_000;

export const oneActing: Checker = {
  name: "one-acting",
  async afterAll(facts) {
    if (!facts.plan.standby) return [];
    const rises = await risesOf(facts);
    return facts.calls
      .filter(({ method }) => MUTATING.has(method))
      .filter(({ cluster, by, atMs }) => {
        const last = rises.findLast((rise) => rise.cluster === cluster && rise.atMs < atMs);
        return last !== undefined && last.agent !== by;
      })
      .slice(0, TOLD_MAX)
      .map(
        ({ cluster, by, method, texts, atMs }) =>
          `${by} of ${cluster} did ${method} ${texts.join(" ")} at ${Math.round(atMs)} ms, when another agent acted`,
      );
  },
};

/** As audited, oldest first, by the control device's own wall clock: an appointment is audited in the transaction that stores it. */
async function risesOf({ machines }: Facts) {
  const rows = await readAudit(machines.control.database.db, 0, AUDIT_MAX);
  return rows
    .filter(({ what }) => what === "agent.appoint")
    .map(({ object, at }) => {
      const [, cluster, agent] = object.split("/");
      return { cluster, agent, atMs: machines.control.timepiece.trueAt(at) };
    });
}
