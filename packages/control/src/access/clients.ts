/** Looks at clusters through their clients: one cluster, all, or the primary and the secondary client of a service. */
import { CoevalError } from "@coeval/core/errors";
import type { Role } from "@coeval/core/model/role";
import type { Service } from "@coeval/core/model/service";
import type { World } from "@coeval/core/ports/world";
import type { StoredAgent } from "@coeval/store/control/agent-row";
import { agentList } from "@coeval/store/control/agent-list";
import { clusterGet } from "@coeval/store/control/cluster-get";
import { clusterList } from "@coeval/store/control/cluster-list";
import type { StoredCluster } from "@coeval/store/control/cluster-row";
import type { ControlQueries } from "@coeval/store/control/tables";
import type { Acting } from "../acting.ts";
import type { ClusterView } from "../cluster-view.ts";
import type { Links } from "../links.ts";
import type { ControlClock } from "../shared-clock.ts";
import { viewCluster } from "./cluster-client.ts";

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
  function look(stored: StoredCluster, agents: readonly StoredAgent[]): ClusterView {
    const { name } = stored.cluster;
    return viewCluster({
      stored,
      acting: acting.of(name),
      takeoverInMs: acting.takeoverInMs(name),
      agents: agents.filter((one) => one.cluster === name && one.revokedAt === null),
      sightOf: (fingerprint) => links.sight(fingerprint),
      elapsedMs: world.clock.elapsedMs(),
      clockSource: clock.source,
    });
  }

  async function view(name: string, queries: ControlQueries = db): Promise<ClusterView> {
    const stored = await clusterGet(queries, name);
    if (!stored) throw new CoevalError("not-found", `there is no cluster '${name}'`);
    return look(stored, await agentList(queries));
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
      const agents = await agentList(db);
      return (await clusterList(db)).map((stored) => look(stored, agents));
    },
  };
}
