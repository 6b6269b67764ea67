/** Proves, before every act, that the endpoint is still the cluster that was registered. */
import { CoevalError } from "@coeval/core/errors";
import type { ClusterIdentity } from "@coeval/core/model/cluster";
import type { Component } from "@coeval/core/ports/component";

/**
 * @param pinned null at the first meeting: whatever it says is accepted and will be pinned by the control device.
 * @throws CoevalError `cluster-unreachable` or what else the status says of its cause, `safe-mode`, `cluster-identity` with both identities.
 */
export async function proveIdentity(
  component: Component,
  pinned: ClusterIdentity | null,
  cluster: string,
  cancel: AbortSignal,
): Promise<ClusterIdentity> {
  const status = await component.probe(cancel);
  if (!status.reachable || !status.identity) {
    throw new CoevalError(
      status.code ?? "cluster-unreachable",
      `${cluster}: ${status.cause ?? "it does not say what it is"}`,
    );
  }
  if (status.safeMode) throw new CoevalError("safe-mode", `the NameNode of ${cluster} is in safe mode`);
  const { identity } = status;
  if (pinned && (pinned.clusterId !== identity.clusterId || pinned.namespaceId !== identity.namespaceId)) {
    throw new CoevalError(
      "cluster-identity",
      `${cluster} was registered as ${pinned.clusterId}/${pinned.namespaceId}, the endpoint is ${identity.clusterId}/${identity.namespaceId}`,
    );
  }
  return identity;
}
