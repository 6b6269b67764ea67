/** At most once: no instruction takes effect twice, and none of a run that is over, however late or often it comes. */
import { isWithin } from "@coeval/core/model/path";
import type { RecoveryPoint } from "@coeval/core/model/recovery-point";
import { snapshotName } from "@coeval/core/protect/instruct";
import type { Call } from "../cluster/served.ts";
import { MUTATING } from "../cluster/served.ts";
import type { Checker, Facts } from "./checker.ts";

/** What takes something back may come again. */
const HARMLESS: ReadonlySet<string> = new Set(["deleteSnapshot", "remove", "removeEmpty"]);

export const atMostOnce: Checker = {
  name: "at-most-once",
  afterRun: (facts) => [...twice(facts), ...doublePoints(facts.points)],
  afterAll: (facts) => [
    ...twice(facts),
    ...doublePoints(facts.points),
    ...afterTheEnd(facts),
    ...unknown(facts),
  ],
};

function twice({ calls, runs }: Facts): string[] {
  const taken = new Map<string, number>();
  for (const { cluster, method, texts, result } of calls) {
    if (cluster !== "east" || method !== "createSnapshot" || result !== "created") continue;
    const key = `${texts[1]} of ${texts[0]}`;
    taken.set(key, (taken.get(key) ?? 0) + 1);
  }
  const again = [...taken].filter(([, times]) => times > 1);
  const last = runs.at(-1)?.id;
  return again
    .filter(([key]) => last === undefined || key.includes(last))
    .map(([key, times]) => `the snapshot ${key} was taken ${times} times`);
}

function doublePoints(points: readonly RecoveryPoint[]): string[] {
  const runs = points.map(({ run }) => run);
  return runs.filter((run, index) => runs.indexOf(run) !== index).map((run) => `${run} has two points`);
}

function afterTheEnd({ calls, runs, endedAtMs }: Facts): string[] {
  const wrong: string[] = [];
  for (const run of runs) {
    const ended = endedAtMs.get(run.id) ?? Number.POSITIVE_INFINITY;
    const late = (call: Call) => tookEffect(call) && !call.orphaned && call.atMs > ended;
    const call = calls.find((one) => late(one) && one.texts.some((text) => text.includes(run.id)));
    if (call)
      wrong.push(`${call.method} ${call.texts.join(" ")} on ${call.cluster} after ${run.id} was over`);
  }
  return wrong;
}

/** Of what was asked before a crash and came later nobody could have held back more: what is left of it is no-orphans' concern. */
function tookEffect({ method, result }: Call): boolean {
  if (method === "rename") return result === "renamed";
  if (method === "createSnapshot") return result === "created";
  return MUTATING.has(method) && !HARMLESS.has(method);
}

function unknown({ calls, runs, service }: Facts): string[] {
  const known = new Set(runs.map(snapshotName));
  return calls
    .filter(({ cluster, method }) => cluster === "east" && method === "createSnapshot")
    .filter(({ texts }) => isWithin(texts[0] as string, service.mapping.source))
    .filter(({ texts }) => !known.has(texts[1] as string))
    .map(({ texts }) => `the snapshot ${texts[1]} is of no run of the control device`);
}
