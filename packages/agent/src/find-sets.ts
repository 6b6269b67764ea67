/** find-sets: which directories the patterns of a service mean now, each as a data set, and which of them cannot be taken. Changes nothing. */
import { toFailure } from "@coeval/core/errors";
import type { DataSet } from "@coeval/core/model/data-set";
import { fixedPrefix, namedWithin, type SetPattern } from "@coeval/core/model/set-pattern";
import type { Matched, Prepared, Source } from "@coeval/core/ports/source";
import type { World } from "@coeval/core/ports/world";
import type { Appeared } from "@coeval/core/protect/instruction";
import type { FromAgent, FromControl } from "@coeval/contract/wire/link";
import type { ClusterDrivers } from "./context.ts";
import { proveIdentity } from "./identity.ts";
import { type Limits, requirePrefix } from "./limits.ts";

type Asked = Extract<FromControl, { say: "find-sets" }>;
type Answer = Extract<FromAgent, { say: "sets-found" }>;

export async function findSets(
  world: World,
  drivers: ClusterDrivers,
  limits: Limits,
  cluster: string,
  asked: Asked,
  cancel: AbortSignal,
): Promise<Answer> {
  const { number } = asked;
  const sets: Answer["sets"] = [];
  const uncovered: Answer["uncovered"] = [];
  try {
    await proveIdentity(drivers.source, asked.identity, cluster, cancel);
    for (const pattern of asked.patterns) {
      requirePrefix(limits.readPrefixes, fixedPrefix(pattern.path), "read", "snapshot and read");
      for (const { path, problem } of await drivers.source.matching(pattern.path, "live", cancel)) {
        if (problem) uncovered.push({ pattern: pattern.name, path, ...problem });
        else sets.push({ pattern: pattern.name, set: setOf(world, pattern, path) });
      }
    }
    return { say: "sets-found", number, sets, uncovered, failure: null };
  } catch (thrown) {
    return { say: "sets-found", number, sets: [], uncovered: [], failure: toFailure(thrown) };
  }
}

/** One directory of a pattern as a data set. */
export function setOf(world: World, pattern: SetPattern, path: string): DataSet {
  return { name: namedWithin(pattern, path, world.hash), component: "hdfs", path };
}

/** Looked at again right after the moment, in the snapshots where they cover it: what is there, and no data set nor known to be uncovered. */
export async function appearedSince(
  source: Source,
  prepared: Prepared,
  given: { readonly patterns: readonly SetPattern[]; readonly known: ReadonlySet<string> },
  cancel: AbortSignal,
): Promise<Appeared[]> {
  const appeared: Appeared[] = [];
  for (const { name, path: pattern } of given.patterns) {
    const there: readonly Matched[] = await source.matching(pattern, prepared, cancel);
    for (const { path } of there) if (!given.known.has(path)) appeared.push({ pattern: name, path });
  }
  return appeared;
}
