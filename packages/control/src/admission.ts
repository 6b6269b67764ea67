/** Which agents are heard: those whose key is enrolled, not revoked, and whose cluster is still registered. */
import { CoevalError } from "@coeval/core/errors";
import { agentGet } from "@coeval/store/control/agent-get";
import { clusterGet } from "@coeval/store/control/cluster-get";
import type { StoredCluster } from "@coeval/store/control/cluster-row";
import type { AgentPeer } from "./link.ts";
import type { LinkParts } from "./link-parts.ts";

/** @throws CoevalError `peer-not-trusted`, audited. */
export async function admit({ db, records }: LinkParts, peer: AgentPeer): Promise<StoredCluster> {
  const { cluster, agent, fingerprint } = peer;
  const known = await agentGet(db, fingerprint);
  const stored = await clusterGet(db, cluster);
  let why: string | null = null;
  if (!known || known.cluster !== cluster || known.agent !== agent) why = "its key was never enrolled here";
  else if (known.revokedAt !== null) why = "its key is revoked";
  else if (!stored) why = `there is no cluster '${cluster}' any more`;
  if (why === null && stored) return stored;
  await records.write((tx) =>
    tx.audit(`agent:${cluster}/${agent}`, "agent.refuse", `agent/${cluster}/${agent}`, { fingerprint, why }),
  );
  throw new CoevalError("peer-not-trusted", `the agent ${agent} of ${cluster} is not heard: ${why}`);
}
