/** examine: what accepting data sets, or a holding directory, would mean on this cluster. Changes nothing. */
import { toFailure } from "@coeval/core/errors";
import type { DataSet } from "@coeval/core/model/data-set";
import { fixedPrefix } from "@coeval/core/model/set-pattern";
import type { Finding, Source } from "@coeval/core/ports/source";
import type { World } from "@coeval/core/ports/world";
import type { FromAgent, FromControl } from "@coeval/contract/wire/link";
import type { ClusterDrivers } from "./context.ts";
import { proveIdentity } from "./identity.ts";
import { type Limits, requirePrefix } from "./limits.ts";

type Asked = Extract<FromControl, { say: "examine" }>;

export async function examine(
  world: World,
  drivers: ClusterDrivers,
  limits: Limits,
  cluster: string,
  asked: Asked,
  cancel: AbortSignal,
): Promise<Extract<FromAgent, { say: "findings" }>> {
  try {
    await proveIdentity(drivers.source, asked.identity, cluster, cancel);
    const findings: Finding[] = [];
    for (const { name, path, onUncovered } of asked.sets) {
      const directory = onUncovered === undefined ? path : fixedPrefix(path);
      findings.push(
        ...within(name, () => requirePrefix(limits.readPrefixes, directory, "read", "snapshot and read")),
      );
    }
    const { directory } = asked;
    if (directory !== null)
      findings.push(...within(null, () => requirePrefix(limits.writePrefixes, directory, "write", "write")));
    if (findings.length === 0 && asked.sets.length > 0)
      findings.push(...(await examineSource(drivers.source, asked.sets, cancel)));
    return { say: "findings", number: asked.number, findings, failure: null };
  } catch (thrown) {
    return { say: "findings", number: asked.number, findings: [], failure: toFailure(thrown) };
  }
}

/** Each directory of a pattern is looked at like a data set, under the pattern's name. */
async function examineSource(source: Source, asked: Asked["sets"], cancel: AbortSignal): Promise<Finding[]> {
  const findings: Finding[] = [];
  const sets: DataSet[] = [];
  for (const { name, component, path, onUncovered } of asked) {
    if (onUncovered === undefined) {
      sets.push({ name, component, path });
      continue;
    }
    const matched = await source.matching(path, "live", cancel);
    for (const one of matched) {
      if (!one.problem) sets.push({ name, component, path: one.path });
      else findings.push({ set: name, level: onUncovered === "refuse" ? "blocks" : "warns", ...one.problem });
    }
    const taken = matched.filter(({ problem }) => problem === null).length;
    const text = `${path} means ${matched.length} directories now, ${taken} of which can be taken`;
    findings.push({
      set: name,
      level: matched.length === 0 ? "blocks" : "tells",
      code: matched.length === 0 ? "set-missing" : "pattern",
      text,
    });
  }
  return [...findings, ...(await source.examine(sets, cancel))];
}

function within(set: string | null, check: () => void): Finding[] {
  try {
    check();
    return [];
  } catch (thrown) {
    const { code, message } = toFailure(thrown);
    return [{ set, level: "blocks", code, text: message }];
  }
}
