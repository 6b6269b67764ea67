/** The agent's cluster: how it is reached, as the control device last said, and what it shows of itself. */
import { CoevalError, toFailure } from "@coeval/core/errors";
import type { ClusterStatus } from "@coeval/core/model/cluster";
import type { World } from "@coeval/core/ports/world";
import type { FromControl } from "@coeval/contract/wire/link";
import { readSetting, writeSetting } from "@coeval/store/agent/settings";
import type { AgentDatabase } from "@coeval/store/agent/tables";
import type { ClusterDrivers } from "./context.ts";
import { withTimeLimit } from "./with-time-limit.ts";

/** A probe that takes longer counts as unreachable. */
const PROBE_MS_MAX = 5000;
const SETTING = "cluster";

export type ClusterEndpoint = Extract<FromControl, { say: "welcome" }>["cluster"];

export interface ClusterAccess {
  /** The drivers, once it is known how the cluster is reached. */
  readonly ready: () => Promise<ClusterDrivers>;
  /** Takes the drivers for this endpoint from now on, and after the next start too. */
  learn(cluster: ClusterEndpoint): Promise<void>;
  /** What the cluster says of itself, within PROBE_MS_MAX. Never rejects once it is known how it is reached. */
  probe(): Promise<ClusterStatus>;
}

/** Kept on disk for a start without the control device. */
export async function createClusterAccess(
  world: World,
  db: AgentDatabase,
  driversOf: (cluster: ClusterEndpoint) => ClusterDrivers,
): Promise<ClusterAccess> {
  const known = Promise.withResolvers<ClusterDrivers>();
  let drivers: ClusterDrivers | null = null;
  let endpoint = await readSetting(db, SETTING);
  const take = (text: string): void => {
    drivers = driversOf(JSON.parse(text) as ClusterEndpoint);
    known.resolve(drivers);
  };
  if (endpoint !== null) take(endpoint);
  const ready = async (): Promise<ClusterDrivers> => drivers ?? known.promise;
  return {
    ready,
    async learn(cluster) {
      const text = JSON.stringify(cluster);
      if (text === endpoint) return;
      take(text);
      endpoint = text;
      await writeSetting(db, SETTING, text);
    },
    probe: async () => probeWithin(world, (await ready()).source),
  };
}

async function probeWithin(world: World, source: ClusterDrivers["source"]): Promise<ClusterStatus> {
  const late = new CoevalError("cluster-unreachable", `no answer within ${PROBE_MS_MAX} ms`);
  const { signal } = new AbortController();
  try {
    return await withTimeLimit(world.clock, PROBE_MS_MAX, late, signal, (limit) => source.probe(limit));
  } catch (thrown) {
    // A cluster that hangs is a cluster that is down: the control device must hear of it on a link that stays.
    const { message } = toFailure(thrown);
    const cause = message.split("\n", 1)[0] ?? message;
    const nothing = { identity: null, version: null, capacityBytes: null, remainingBytes: null };
    return { reachable: false, cause, safeMode: false, ...nothing };
  }
}
