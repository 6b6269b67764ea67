/** Told once: each trouble is told once when it has come, and once when it is over; what is told last is how things are. */
import { alertOpen } from "@coeval/store/control/alert-open";
import type { Checker, Facts } from "./checker.ts";

export const toldOnce: Checker = {
  name: "told-once",
  async afterAll(facts) {
    if (!facts.plan.byPolicy) return [];
    const wrong: string[] = [];
    const lasting = await lastingTroubles(facts);
    for (const [key, kinds] of byKey(facts)) {
      const told = kinds.join(", ");
      if (kinds.some((kind, index) => kind !== (index % 2 === 0 ? "raised" : "over")))
        wrong.push(`${key} was told as ${told}`);
      if ((kinds.at(-1) === "raised") !== lasting.has(key))
        wrong.push(`${key} ${lasting.has(key) ? "lasts" : "is over"}, and was told as ${told}`);
    }
    for (const key of lasting) if (!byKey(facts).has(key)) wrong.push(`${key} lasts and nobody was told`);
    return wrong;
  },
};

/** Of this service. */
function byKey({ inbox, service }: Facts): Map<string, string[]> {
  const told = new Map<string, string[]>();
  for (const { key, kind } of inbox.messages)
    if (key.startsWith(`service/${service.name}:`)) told.set(key, [...(told.get(key) ?? []), kind]);
  return told;
}

async function lastingTroubles({ machines, service }: Facts): Promise<ReadonlySet<string>> {
  const open = await alertOpen(machines.control.database.db);
  return new Set(open.map(({ key }) => key).filter((key) => key.startsWith(`service/${service.name}:`)));
}
