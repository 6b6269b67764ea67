/** The service of a run: its patterns looked up on the primary, so that each directory they mean is a data set of its own. */
import { CoevalError } from "@coeval/core/errors";
import { checkDataSets } from "@coeval/core/model/data-set";
import { MAX_DATA_SETS, type Service } from "@coeval/core/model/service";
import { patternsOf } from "@coeval/core/model/set-pattern";
import type { RunPatterns } from "@coeval/core/protect/run";
import { checkSize } from "./check-service.ts";
import type { ClusterView } from "./cluster-view.ts";
import type { Acting } from "./acting.ts";

/** What of a run its patterns decide. */
export interface Resolved {
  readonly service: Service;
  readonly patterns?: RunPatterns;
}

/** Directories named in a message; the rest are its evidence. */
const TOLD_MAX = 3;

/**
 * @throws CoevalError `uncovered` for a directory that cannot be taken where the pattern says `refuse`, `set-missing` for a pattern that means
 * nothing, `data-sets-nested`, `name-taken`, `too-large`, `agent-away`, and what the agent says.
 */
export async function resolveSets(
  acting: Pick<Acting, "link">,
  service: Service,
  { identity }: ClusterView,
): Promise<Resolved> {
  const all = patternsOf(service.dataSets);
  if (all.length === 0) return { service };
  const link = acting.link(service.primary);
  if (!link) throw new CoevalError("agent-away", `the agent of ${service.primary} is not connected`);
  const found = await link.questions.ask({ say: "find-sets", identity, patterns: [...all] });
  const refusing = new Set(all.filter((one) => one.onUncovered === "refuse").map(({ name }) => name));
  const forbidden = found.uncovered.filter(({ pattern }) => refusing.has(pattern)).map(({ text }) => text);
  if (forbidden.length > 0) {
    const more = forbidden.length > TOLD_MAX ? ` (and ${forbidden.length - TOLD_MAX} more)` : "";
    throw new CoevalError("uncovered", `${forbidden.slice(0, TOLD_MAX).join("; ")}${more}`, {
      evidence: forbidden,
    });
  }
  for (const { name, path } of all) {
    const means = [...found.sets, ...found.uncovered].some(({ pattern }) => pattern === name);
    if (!means) throw new CoevalError("set-missing", `data set '${name}': ${path} means no directory`);
  }
  const dataSets = service.dataSets.flatMap((set) =>
    set.onUncovered === undefined
      ? [set]
      : found.sets.filter(({ pattern }) => pattern === set.name).map((one) => one.set),
  );
  if (dataSets.length === 0 || dataSets.length > MAX_DATA_SETS)
    throw new CoevalError(
      dataSets.length === 0 ? "uncovered" : "too-large",
      `the patterns of ${service.name} mean ${dataSets.length} directories that can be taken; 1 to ${MAX_DATA_SETS} are needed`,
    );
  checkDataSets(dataSets);
  const uncovered = found.uncovered.map(({ path, text }) => ({ path, why: text }));
  const resolved = { ...service, dataSets };
  checkSize(resolved);
  return { service: resolved, patterns: { all, uncovered } };
}
