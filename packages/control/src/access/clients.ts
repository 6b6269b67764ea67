/** Looks at clusters through their clients: one cluster, all, or the primary and the secondary client of a service. */
import { CoevalError } from "@coeval/core/errors";
import type { Role } from "@coeval/core/model/role";
import type { Service } from "@coeval/core/model/service";
import type { World } from "@coeval/core/ports/world";
import type { StoredAgent } from "@coeval/store/control/agent-row";
import { agentList } from "@coeval/store/control/agent-list";
import { clusterList } from "@coeval/store/control/cluster-list";
import type { StoredCluster } from "@coeval/store/control/cluster-row";
import type { ControlQueries } from "@coeval/store/control/tables";
import type { Acting } from "../acting.ts";
import type { ClusterView } from "../cluster-view.ts";
import type { Links } from "../links.ts";
import { UNSEEN } from "../sights.ts";
import type { ControlClock } from "../shared-clock.ts";
import { viewCluster } from "./cluster-client.ts";
import { type Known, twinsOf } from "./twins.ts";

export interface ClusterClient {
  /** The cluster's role for the service. */
  readonly role: Role;
  readonly cluster: string;
  /** @throws CoevalError `not-found` when the cluster is not registered. */
  status(): Promise<ClusterView>;
}

export interface Clients {
  of(service: Service): { readonly primary: ClusterClient; readonly secondary: ClusterClient };
  /** @param queries a transaction that sees what is not committed yet. @throws CoevalError `not-found`. */
  view(cluster: string, queries?: ControlQueries): Promise<ClusterView>;
  /** By name. */
  all(): Promise<ClusterView[]>;
}

export interface ClientsParts {
  readonly db: ControlQueries;
  readonly links: Links;
  readonly acting: Pick<Acting, "of" | "takeoverInMs">;
  readonly clock: ControlClock;
}

export function createClients(world: World, { db, links, acting, clock }: ClientsParts): Clients {
  const sightOf = (cluster: string) => {
    const row = acting.of(cluster);
    return row ? links.sight(row.fingerprint) : UNSEEN;
  };
  const knownOf = ({ cluster: { name }, identity }: StoredCluster): Known => ({
    name,
    pinned: identity,
    shown: sightOf(name).said?.cluster.identity ?? null,
  });

  function look(stored: StoredCluster, all: readonly StoredCluster[], agents: readonly StoredAgent[]) {
    const { name } = stored.cluster;
    return viewCluster({
      stored,
      acting: acting.of(name),
      takeoverInMs: acting.takeoverInMs(name),
      agents: agents.filter((one) => one.cluster === name && one.revokedAt === null),
      sightOf: (fingerprint) => links.sight(fingerprint),
      elapsedMs: world.clock.elapsedMs(),
      twins: twinsOf(knownOf(stored), all.map(knownOf)),
      clockSource: clock.source,
    });
  }

  async function view(name: string, queries: ControlQueries = db): Promise<ClusterView> {
    const all = await clusterList(queries);
    const stored = all.find(({ cluster }) => cluster.name === name);
    if (!stored) throw new CoevalError("not-found", `there is no cluster '${name}'`);
    return look(stored, all, await agentList(queries));
  }

  const client = (role: Role, cluster: string): ClusterClient => ({
    role,
    cluster,
    status: () => view(cluster),
  });

  return {
    of: (service) => ({
      primary: client("primary", service.primary),
      secondary: client("secondary", service.secondary),
    }),
    view,
    async all() {
      const [agents, all] = [await agentList(db), await clusterList(db)];
      return all.map((stored) => look(stored, all, agents));
    },
  };
}
