/**
 * The primary client and the secondary client: each detects the status of its cluster, from what the cluster's agent says and
 * from whether it says anything. Both are the same client with another role: a failover swaps roles, not code.
 */
import { SILENCE_MS_MAX } from "@coeval/contract/wire/link";
import type { ClusterStatus } from "@coeval/core/model/cluster";
import { formatInstant, type Instant } from "@coeval/core/model/instant";
import { clusterRole } from "@coeval/core/model/role";
import type { Apart } from "@coeval/core/ports/clock";
import type { TimeServer } from "@coeval/core/ports/time-source";
import type { StoredActing } from "@coeval/store/control/acting-row";
import type { StoredAgent } from "@coeval/store/control/agent-row";
import type { StoredCluster } from "@coeval/store/control/cluster-row";
import type { AgentView, ClusterState, ClusterView } from "../cluster-view.ts";
import type { StatusMessage } from "../link-parts.ts";
import { type Sight, UNSEEN } from "../sights.ts";

/** Two views of one source that surely differ by more are not of one clock, whatever a service tolerates. */
export const CLOCK_OFF_MS_MAX = 100;

type Told = StatusMessage["clock"];

/** What a client looks at. */
export interface ClusterInputs {
  readonly stored: StoredCluster;
  /** Who acts; null before the first agent was connected. */
  readonly acting: StoredActing | null;
  /** How long until another agent may take over while this one stays away; null when none may. */
  readonly takeoverInMs: number | null;
  /** The cluster's keys that are not revoked, oldest first. */
  readonly agents: readonly StoredAgent[];
  /** What is known of the agent that holds a key. */
  readonly sightOf: (fingerprint: string) => Sight;
  readonly elapsedMs: number;
  /** Other registered clusters that prove to be the same one. */
  readonly twins: readonly string[];
  /** The one clock that a reading must be of. */
  readonly clockSource: string;
}

/** The inputs, and of the agents the one that the cluster is seen through. */
interface Looked extends ClusterInputs {
  readonly agent: StoredAgent | null;
  readonly sight: Sight;
}

/** A cluster as registered and as it is now. Pure. */
export function viewCluster(given: ClusterInputs): ClusterView {
  const { agents, acting, sightOf } = given;
  const agent = agents.find((one) => one.fingerprint === acting?.fingerprint) ?? agents.at(-1) ?? null;
  const inputs: Looked = { ...given, agent, sight: agent ? sightOf(agent.fingerprint) : UNSEEN };
  const { stored, sight, clockSource } = inputs;
  const connected = sight.connected !== null;
  const said = connected ? sight.said : null;
  const { state, cause } = judge(inputs);
  const told = said?.clock.source === clockSource ? said.clock : null;
  return {
    cluster: stored.cluster,
    version: stored.version,
    identity: stored.identity,
    agent: agent ? viewAgent(agent, sight, acting) : null,
    agents: agents
      .map((one) => viewAgent(one, sightOf(one.fingerprint), acting))
      .toSorted((a, b) => (a.agent < b.agent ? -1 : 1)),
    connected,
    lastSeenAt: lastSeen(agent, sight),
    state,
    cause,
    status: sight.said?.cluster ?? null,
    clock: told?.reading
      ? { source: told.source, server: told.server, ...told.reading, apart: told.apart }
      : null,
    clockFailure: told?.failure ?? null,
    clusterClock: said?.clusterClock ?? null,
    dataAddress: sight.dataAddress,
    role: clusterRole(sight.said?.tenures ?? []),
    voidSnapshots: sight.said?.voidSnapshots ?? 0,
  };
}

/** An agent's key with what its links show. */
export function viewAgent(agent: StoredAgent, sight: Sight, acting: StoredActing | null): AgentView {
  const { cluster, agent: name, fingerprint, enrolledAt, revokedAt } = agent;
  const connected = sight.connected?.fingerprint === fingerprint;
  const lastSeenAt = connected ? lastSeen(agent, sight) : agent.lastSeenAt;
  const acts = acting?.fingerprint === fingerprint;
  return {
    cluster,
    agent: name,
    fingerprint,
    enrolledAt,
    revokedAt,
    lastSeenAt,
    connected,
    acting: acts,
    actingSince: acts ? acting.since : null,
    term: acts ? acting.term : null,
    tookOverBecause: acts ? acting.why : null,
  };
}

/** Whether the cluster can be used now, with the first line of why not. */
function judge({
  stored,
  agent,
  sight,
  elapsedMs,
  twins,
  clockSource,
  acting,
  takeoverInMs,
  agents,
}: Looked): Pick<ClusterView, "state" | "cause"> {
  const not = (state: ClusterState, cause: string) => ({ state, cause: firstLine(cause) });
  const { name } = stored.cluster;
  if (!agent)
    return not("no-agent", `no agent is enrolled; \`coeval cluster enroll ${name}\` prints its token`);
  if (acting && acting.fingerprint !== agent.fingerprint)
    return not(
      "agent-away",
      `the agent ${acting.agent} is revoked; ${agent.agent} takes over${inSeconds(takeoverInMs)}`,
    );
  if (sight.connected === null) {
    const others = agents.filter((one) => one !== agent);
    const heir = others.length === 0 ? "" : `; ${successor(others, acting, takeoverInMs)}`;
    return not("agent-away", `${awayOf(agent, sight)}${heir}`);
  }
  if (!sight.said) return not("unreachable", "the agent has not told of its cluster yet");
  const silentMs = elapsedMs - sight.saidElapsedMs;
  if (silentMs > SILENCE_MS_MAX) {
    const silent = `the agent has told nothing of its cluster for ${Math.round(silentMs / 1000)} s`;
    return not("unreachable", silent);
  }
  const status = sight.said.cluster;
  if (!status.reachable) return not("unreachable", status.cause ?? "the agent cannot reach the cluster");
  const other = otherIdentity(stored, status);
  if (other !== null) return not("other-cluster", other);
  if (twins.length > 0) return not("registered-twice", twinText(stored, status, twins));
  if (status.safeMode) return not("safe-mode", status.cause ?? "the NameNode is in safe mode");
  if (status.cause !== null) return not("unreachable", status.cause);
  const off = otherClock(sight.said.clock, clockSource);
  return off === null ? { state: "ok", cause: null } : not("clock-off", off);
}

/** What is wrong when the cluster proves to be another one than pinned; null when it is the same, or not known. */
function otherIdentity({ identity, cluster }: StoredCluster, status: ClusterStatus): string | null {
  const shown = status.identity;
  if (!identity || !shown) return null;
  if (identity.clusterId === shown.clusterId && identity.namespaceId === shown.namespaceId) return null;
  const pinned = `${identity.clusterId}/${identity.namespaceId}`;
  return `${cluster.hdfs.url} is the cluster ${shown.clusterId}/${shown.namespaceId}; registered is ${pinned}`;
}

function twinText({ cluster }: StoredCluster, { identity }: ClusterStatus, twins: readonly string[]): string {
  const { name, hdfs } = cluster;
  const what = `${hdfs.url} is the cluster ${identity?.clusterId}/${identity?.namespaceId}`;
  return `${what}, registered as ${twins.join(", ")} as well; remove one of them: \`coeval cluster remove ${name}\``;
}

/** What is wrong when the agent's source is surely not the clock that ours is; null when it may be. */
function otherClock({ source, server, apart }: Told, clockSource: string): string | null {
  if (source !== clockSource || !apart || Math.abs(apart.offsetMs) - apart.errorMs <= CLOCK_OFF_MS_MAX)
    return null;
  return `${clockApart(source, server, apart)}, more than ${CLOCK_OFF_MS_MAX} ms`;
}

/** The figures of two views of one source, e.g. `ntp://a is 2000.1 ms ± 0.4 ms ahead of ours as …`. */
export function clockApart(source: string, server: TimeServer | null, { offsetMs, errorMs }: Apart): string {
  const figures = `${Math.abs(offsetMs).toFixed(3)} ms ± ${errorMs.toFixed(3)} ms`;
  const from = server
    ? ` (${server.address}, stratum ${server.stratum}, following ${server.referenceId})`
    : "";
  return `${source} as the agent reads it${from} is ${figures} ${offsetMs < 0 ? "behind" : "ahead of"} ours`;
}

function awayOf(agent: StoredAgent, sight: Sight): string {
  const seen = lastSeen(agent, sight);
  const since = seen === null ? "was never connected" : `is away, last seen ${formatInstant(seen)}`;
  return `the agent ${agent.agent} ${since}${sight.ended === null ? "" : `: ${sight.ended}`}`;
}

function successor(
  others: readonly StoredAgent[],
  acting: StoredActing | null,
  takeoverInMs: number | null,
): string {
  const names = others.map((one) => one.agent).join(" or ");
  if (takeoverInMs !== null) return `${names} takes over${inSeconds(takeoverInMs)}`;
  if (!acting) return `${names} may act as soon as it is connected`;
  return `${names} was enrolled while it was away: revoke it to let ${names} act`;
}

function inSeconds(ms: number | null): string {
  return ms ? ` in ${Math.ceil(ms / 1000)} s` : " as soon as it is connected";
}

function lastSeen(agent: StoredAgent | null, sight: Sight): Instant | null {
  return sight.heardAt ?? agent?.lastSeenAt ?? null;
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? "";
}
