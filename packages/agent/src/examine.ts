/** examine: what accepting data sets, or a holding directory, would mean on this cluster. Changes nothing. */
import { CoevalError, toFailure } from "@coeval/core/errors";
import type { Finding } from "@coeval/core/ports/source";
import type { World } from "@coeval/core/ports/world";
import type { FromAgent, FromControl } from "@coeval/contract/wire/link";
import type { ClusterDrivers } from "./context.ts";
import { proveIdentity } from "./identity.ts";
import { type Limits, requirePrefix } from "./limits.ts";

const EXAMINE_MS_MAX = 20_000;

type Asked = Extract<FromControl, { say: "examine" }>;

export async function examine(
  world: World,
  drivers: ClusterDrivers,
  limits: Limits,
  cluster: string,
  asked: Asked,
): Promise<Extract<FromAgent, { say: "findings" }>> {
  const cancel = new AbortController();
  const timer = new AbortController();
  void world.clock.sleep(EXAMINE_MS_MAX, timer.signal).then(
    () => cancel.abort(new CoevalError("stalled", `the examination took longer than ${EXAMINE_MS_MAX} ms`)),
    () => undefined,
  );
  try {
    await proveIdentity(drivers.source, asked.identity, cluster, cancel.signal);
    const findings: Finding[] = [];
    for (const set of asked.sets)
      findings.push(
        ...within(set.name, () => requirePrefix(limits.readPrefixes, set.path, "read", "snapshot and read")),
      );
    const { directory } = asked;
    if (directory !== null)
      findings.push(...within(null, () => requirePrefix(limits.writePrefixes, directory, "write", "write")));
    if (findings.length === 0 && asked.sets.length > 0)
      findings.push(...(await drivers.source.examine(asked.sets, cancel.signal)));
    return { say: "findings", number: asked.number, findings, failure: null };
  } catch (thrown) {
    return { say: "findings", number: asked.number, findings: [], failure: toFailure(thrown) };
  } finally {
    timer.abort("done");
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
