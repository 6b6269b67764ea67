/** A cluster's other agents, judged: whether each could take over from the one that acts. Pure. */
import type { ClusterStatus } from "@coeval/core/model/cluster";
import { type CheckLine, ok, warning } from "./check-line.ts";

/** One of a cluster's agents, as its own link shows it. */
export interface AgentSeen {
  readonly agent: string;
  readonly acting: boolean;
  readonly connected: boolean;
  readonly dataAddress: string | null;
  /** Version of its software; null while it is not connected. */
  readonly software: string | null;
  /** What it last said of the cluster; null while it is not connected. */
  readonly status: ClusterStatus | null;
}

/** A line for each agent that stands by; none for a cluster with one agent. */
export function crewLines({
  crew,
  view: { agent: seenThrough, cluster },
  software: { own },
}: {
  readonly crew: readonly AgentSeen[];
  /** The agent whose line tells of the cluster. */
  readonly view: {
    readonly cluster: { readonly name: string };
    readonly agent: { readonly agent: string } | null;
  };
  readonly software: { readonly own: string };
}): CheckLine[] {
  return crew
    .filter(({ agent }) => agent !== seenThrough?.agent)
    .map((one) => standbyLine(one, cluster.name, own));
}

function standbyLine(
  { agent, connected, dataAddress, software, status }: AgentSeen,
  cluster: string,
  own: string,
): CheckLine {
  if (!connected)
    return warning(
      "agent",
      `${agent} should stand by and is not connected: it cannot take over`,
      `Start it, or take it out for good: \`coeval agent revoke ${cluster}/${agent}\`.`,
    );
  const text = `${agent} stands by, version ${software ?? "unknown"}; peers reach it at ${dataAddress ?? "no address"}`;
  if (status === null) return warning("agent", `${text}; it has not told of the cluster yet`, "Ask again.");
  if (!status.reachable)
    return warning(
      "agent",
      `${text}; it does not reach the cluster: ${status.cause ?? "no answer"}`,
      "Open the way from that agent to the cluster: as it is, it could not work after a takeover.",
    );
  if (software !== own)
    return warning("agent", `${text}, the control device's is ${own}`, "Run the same version everywhere.");
  return ok("agent", `${text}; it reaches the cluster`);
}
