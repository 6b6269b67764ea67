/**
 * Audited: the audit log is whole, row by row; whatever took effect stands in it: every instruction before its effect, every point once,
 * every service as the operator applied it.
 */
import { auditCheck } from "@coeval/store/control/audit-check";
import { readAudit } from "@coeval/store/control/audit-list";
import type { ControlQueries } from "@coeval/store/control/tables";
import { hash } from "../world/hash.ts";
import type { Checker, Facts } from "./checker.ts";

const PAGE_ROWS = 1000;
const TOLD_MAX = 3;

export const audited: Checker = {
  name: "audited",
  async afterAll(facts) {
    const { db } = facts.machines.control.database;
    const told = await countAudit(db);
    // The log is one for all services.
    const chain = facts.service.name === facts.services[0]?.name ? await brokenChain(db) : [];
    return [...chain, ...missing(facts, told)].slice(0, TOLD_MAX);
  },
};

async function brokenChain(db: ControlQueries): Promise<string[]> {
  const { broken } = await auditCheck(db, hash);
  return broken ? [`row ${broken.sequence} of the audit log ${broken.why}`] : [];
}

/** How often each thing was told of each object. */
async function countAudit(db: ControlQueries): Promise<ReadonlyMap<string, number>> {
  const told = new Map<string, number>();
  for (let after = 0; ; after += PAGE_ROWS) {
    const rows = await readAudit(db, after, PAGE_ROWS);
    for (const { what, object } of rows) {
      const key = `${what} ${object}`;
      told.set(key, (told.get(key) ?? 0) + 1);
    }
    if (rows.length < PAGE_ROWS) return told;
  }
}

function missing({ service, runs, points, calls }: Facts, told: ReadonlyMap<string, number>): string[] {
  const times = (key: string) => told.get(key) ?? 0;
  const wrong: string[] = [];
  if (times(`service.apply service/${service.name}`) === 0) wrong.push(`nobody applied ${service.name}`);
  for (const { id } of points)
    if (times(`point.seal point/${id}`) !== 1)
      wrong.push(`${id} was sealed ${times(`point.seal point/${id}`)} times`);
  const taken = new Set(
    calls.filter(({ method, cluster }) => method === "createSnapshot" && cluster === "east").map(nameOf),
  );
  for (const { id } of runs)
    if (taken.has(`coeval-${id}`) && times(`instruction.give instruction/${id}/take-snapshots/source`) !== 1)
      wrong.push(`nobody gave the instruction by which the snapshot of ${id} was taken`);
  return wrong;
}

function nameOf({ texts }: Facts["calls"][number]): string | undefined {
  return texts[1];
}
