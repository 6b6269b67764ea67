/** What is worth telling of agents though the clusters are served: who took over, and who stands by no more. Warnings, and alerts. */
import { formatInstant } from "@coeval/core/model/instant";
import type { AgentView, ClusterView } from "./cluster-view.ts";
import type { Trouble } from "./troubles.ts";

/** Pure. A cluster that is not served is a trouble, told elsewhere. */
export function agentNotices(clusters: readonly ClusterView[]): Trouble[] {
  return clusters.flatMap((view) =>
    view.agent?.connected === true && view.agent.acting ? noticesOf(view, view.agent) : [],
  );
}

function noticesOf({ cluster, agents }: ClusterView, acting: AgentView): Trouble[] {
  const about = `cluster/${cluster.name}`;
  const away = agents.filter((one) => one !== acting && !one.acting && !one.connected);
  const notices = away.map((one): Trouble => {
    const seen =
      one.lastSeenAt === null ? "was never connected" : `last seen ${formatInstant(one.lastSeenAt)}`;
    const text = `${one.agent} does not stand by: ${seen}`;
    const hint = `start it, or: coeval agent revoke ${cluster.name}/${one.agent}`;
    return { key: `${about}:standby/${one.agent}`, about, text, hint, since: one.lastSeenAt };
  });
  // Told for as long as nobody has come back to where the one before was.
  if (acting.tookOverBecause !== null && away.length > 0) {
    const text = `${acting.agent} took over in term ${acting.term}: ${acting.tookOverBecause}`;
    const key = `${about}:took-over/${acting.term}`;
    notices.unshift({
      key,
      about,
      text,
      hint: `coeval cluster get ${cluster.name}`,
      since: acting.actingSince,
    });
  }
  return notices;
}
