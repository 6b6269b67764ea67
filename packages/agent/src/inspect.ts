/** inspect: what the cluster is right now, and what the agent's user may do there. Writes nothing. */
import { CoevalError, type Failure, toFailure } from "@coeval/core/errors";
import type { ClusterStatus, Inspection } from "@coeval/core/model/cluster";
import type { World } from "@coeval/core/ports/world";
import type { FromAgent, FromControl } from "@coeval/contract/wire/link";
import type { ClusterDrivers } from "./context.ts";
import type { Limits } from "./limits.ts";
import { withTimeLimit } from "./with-time-limit.ts";

/** What the user may do is given up after this; the cluster answered just before. */
const INSPECT_MS_MAX = 10_000;

export interface InspectParts {
  readonly limits: Limits;
  readonly drivers: () => Promise<ClusterDrivers>;
  /** Never rejects. */
  readonly probe: () => Promise<ClusterStatus>;
}

export async function inspect(
  world: World,
  { limits, drivers, probe }: InspectParts,
  { number, scopes }: Extract<FromControl, { say: "inspect" }>,
  cancel: AbortSignal,
): Promise<Extract<FromAgent, { say: "inspected" }>> {
  const { source } = await drivers();
  const begunMs = world.clock.elapsedMs();
  const status = await probe();
  const tookMs = world.clock.elapsedMs() - begunMs;
  const { inspection, failure } = status.reachable
    ? await look(world, source, scopes, cancel)
    : { inspection: null, failure: null };
  const { readPrefixes, writePrefixes } = limits;
  const own = { read: [...readPrefixes], write: [...writePrefixes] };
  return { say: "inspected", number, status, tookMs, inspection, limits: own, failure };
}

type Looked = { readonly inspection: Open<Inspection> | null; readonly failure: Failure | null };
/** As the wire has it. */
type Open<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer E)[] ? E[] : T[K] };

async function look(
  world: World,
  source: ClusterDrivers["source"],
  scopes: readonly string[],
  cancel: AbortSignal,
): Promise<Looked> {
  const late = new CoevalError("stalled", `the cluster was not inspected within ${INSPECT_MS_MAX} ms`);
  try {
    const found = await withTimeLimit(world.clock, INSPECT_MS_MAX, late, cancel, (limit) =>
      source.inspect(scopes, limit),
    );
    const inspection = { ...found, snapshottable: [...found.snapshottable], scopes: [...found.scopes] };
    return { inspection, failure: null };
  } catch (thrown) {
    return { inspection: null, failure: toFailure(thrown) };
  }
}
