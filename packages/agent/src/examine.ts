/** examine: what accepting data sets, or a holding directory, would mean on this cluster. Changes nothing. */
import { toFailure } from "@coeval/core/errors";
import type { Finding } from "@coeval/core/ports/source";
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
    for (const set of asked.sets)
      findings.push(
        ...within(set.name, () => requirePrefix(limits.readPrefixes, set.path, "read", "snapshot and read")),
      );
    const { directory } = asked;
    if (directory !== null)
      findings.push(...within(null, () => requirePrefix(limits.writePrefixes, directory, "write", "write")));
    if (findings.length === 0 && asked.sets.length > 0)
      findings.push(...(await drivers.source.examine(asked.sets, cancel)));
    return { say: "findings", number: asked.number, findings, failure: null };
  } catch (thrown) {
    return { say: "findings", number: asked.number, findings: [], failure: toFailure(thrown) };
  }
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
