import { CoevalError } from "@coeval/core/errors";
import type { ClusterIdentity } from "@coeval/core/model/cluster";
import { clusterGet } from "./cluster-get.ts";
import { clusterList } from "./cluster-list.ts";
import type { ControlWrites } from "./tables.ts";

/**
 * Pins what a cluster proved to be at the first meeting.
 * @returns true when it was pinned now, false when it was pinned alike before.
 * @throws CoevalError `cluster-identity` when it is pinned as another one, or another one is pinned as it; `not-found`.
 */
export async function clusterPin(
  trx: ControlWrites,
  name: string,
  identity: ClusterIdentity,
): Promise<boolean> {
  const stored = await clusterGet(trx, name);
  if (!stored) throw new CoevalError("not-found", `there is no cluster '${name}'`);
  if (stored.identity) {
    const { clusterId, namespaceId } = stored.identity;
    if (clusterId === identity.clusterId && namespaceId === identity.namespaceId) return false;
    throw new CoevalError(
      "cluster-identity",
      `${name} proves to be ${identity.clusterId}/${identity.namespaceId}, registered is ${clusterId}/${namespaceId}`,
    );
  }
  for (const other of await clusterList(trx)) {
    if (other.identity?.clusterId !== identity.clusterId) continue;
    if (other.identity.namespaceId !== identity.namespaceId) continue;
    throw new CoevalError(
      "cluster-identity",
      `${name} proves to be ${identity.clusterId}/${identity.namespaceId}, which is registered as ${other.cluster.name}; remove one of them`,
    );
  }
  await trx
    .updateTable("clusters")
    .set({ identity: JSON.stringify(identity), version: stored.version + 1 })
    .where("name", "=", name)
    .execute();
  return true;
}
