/** A cluster's check, judged: from what its agent answered to lines that say how each thing stands. Pure. */
import { LINK_VERSION } from "@coeval/contract/wire/link";
import type { Failure } from "@coeval/core/errors";
import { byteText } from "@coeval/core/model/byte-text";
import type { Service } from "@coeval/core/model/service";
import type { ClusterView } from "../cluster-view.ts";
import type { AgentMessage } from "../link-parts.ts";
import type { ControlClock } from "../shared-clock.ts";
import { type CheckLine, failed, ok, unknown, warning } from "./check-line.ts";
import { clockLines } from "./clock-lines.ts";
import { type AgentSeen, crewLines } from "./crew-lines.ts";
import { rightsLines } from "./rights-lines.ts";

/** A NameNode that takes longer for two small questions is told as slow, ms. */
export const SLOW_MS = 1000;
/** Below this share of the capacity the room is told as scarce. */
export const SCARCE_SHARE = 0.05;
/** What coeval is tried on. */
const TRIED_HADOOP = /^3\./;

/** What was found out about one cluster. */
export interface ClusterSeen {
  readonly view: ClusterView;
  /** The agent's answer, why there is none, or null when it is not connected. */
  readonly inspected: AgentMessage<"inspected"> | Failure | null;
  /** Versions of the software: ours, and the agent's. */
  readonly software: { readonly own: string; readonly agent: string | null };
  /** All agents of the cluster, by name. */
  readonly crew: readonly AgentSeen[];
  readonly clock: Pick<ControlClock, "source" | "reading" | "failure">;
  /** What may be wrong with the clock source. */
  readonly clockWarnings: readonly string[];
  /** Services that the cluster is primary or secondary of. */
  readonly services: readonly Service[];
  /** Other registered clusters that prove to be this one. */
  readonly twins: readonly string[];
}

type Inspected = AgentMessage<"inspected">;

export function clusterLines(seen: ClusterSeen): CheckLine[] {
  const { inspected } = seen;
  const answer = inspected !== null && "say" in inspected ? inspected : null;
  return [
    agentLine(seen),
    ...crewLines(seen),
    ...(answer
      ? answeredLines(seen, answer)
      : ABSENT.map((about) => unknown(about, "the agent does not answer"))),
    ...clockLines(seen),
  ];
}

const ABSENT = ["reach", "identity", "versions", "rights", "space"] as const;

function answeredLines(seen: ClusterSeen, answer: Inspected): CheckLine[] {
  const { status } = answer;
  const lines = [reachLine(seen.view, answer)];
  if (!status.reachable)
    return [
      ...lines,
      unknown("identity", "the cluster does not answer"),
      versionsLine(seen, answer),
      unknown("rights", "the cluster does not answer"),
      unknown("space", "the cluster does not answer"),
    ];
  return [
    ...lines,
    ...identityLines(seen, answer),
    versionsLine(seen, answer),
    ...rightsLines(seen.view.cluster, answer),
    spaceLine(seen.view.cluster.name, answer),
  ];
}

function agentLine({ view, inspected, crew }: ClusterSeen): CheckLine {
  const { name } = view.cluster;
  if (view.agent === null)
    return failed(
      "agent",
      "agent-away",
      "no agent is enrolled",
      `Print its token: \`coeval cluster enroll ${name}\`.`,
    );
  if (inspected === null) return failed("agent", "agent-away", view.cause ?? "the agent is not connected");
  if (!("say" in inspected)) return failed("agent", inspected.code, inspected.message);
  const acts = crew.length > 1 ? "is connected and acts" : "is connected";
  return ok("agent", `${view.agent.agent} ${acts}; peers reach it at ${view.dataAddress ?? "no address"}`);
}

function reachLine({ cluster }: ClusterView, { status, tookMs }: Inspected): CheckLine {
  const { url } = cluster.hdfs;
  if (!status.reachable)
    return failed(
      "reach",
      status.code ?? "cluster-unreachable",
      `${url}: ${status.cause ?? "it does not answer"}`,
    );
  if (status.safeMode) return failed("reach", "safe-mode", `${url}: the NameNode is in safe mode`);
  const took = `the NameNode at ${url} answered in ${Math.ceil(tookMs)} ms`;
  if (tookMs <= SLOW_MS) return ok("reach", took);
  return warning(
    "reach",
    `${took}, more than ${SLOW_MS} ms`,
    "See what keeps the NameNode busy; moments must be armed in time.",
  );
}

function identityLines({ view, twins }: ClusterSeen, { status }: Inspected): CheckLine[] {
  const { identity } = view;
  const shown = status.identity;
  if (!shown)
    return [failed("identity", "cluster-unreachable", "the NameNode does not say which cluster it is")];
  const is = `${shown.clusterId}/${shown.namespaceId}`;
  if (identity && (identity.clusterId !== shown.clusterId || identity.namespaceId !== shown.namespaceId))
    return [
      failed(
        "identity",
        "cluster-identity",
        `the endpoint is ${is}; pinned is ${identity.clusterId}/${identity.namespaceId}`,
      ),
    ];
  const also = `${is} is registered as ${twins.join(", ")} as well`;
  const remove = `Remove the one that is too many: \`coeval cluster remove NAME\`.`;
  if (twins.length > 0)
    return [
      identity ? warning("identity", also, remove) : failed("identity", "cluster-identity", also, remove),
    ];
  return [ok("identity", identity ? `${is}, as pinned` : `${is}; it is pinned at the first moment`)];
}

function versionsLine({ software: { own, agent } }: ClusterSeen, { status }: Inspected): CheckLine {
  const hadoop = status.version === null ? "Hadoop's is not known" : `Hadoop ${status.version}`;
  const text = `${hadoop}; agent ${agent ?? "unknown"}, control device ${own}, protocol ${LINK_VERSION}`;
  if (agent !== own)
    return warning(
      "versions",
      text,
      "Run the same version of coeval beside the cluster and at the control device.",
    );
  if (status.version !== null && !TRIED_HADOOP.test(status.version))
    return warning(
      "versions",
      text,
      "coeval is tried on Hadoop 3; rehearse on a copy of this cluster first.",
    );
  return ok("versions", text);
}

function spaceLine(name: string, { status, inspection }: Inspected): CheckLine {
  const { capacityBytes, remainingBytes } = status;
  if (capacityBytes === null || remainingBytes === null)
    return unknown("space", "the cluster does not tell its capacity");
  const { usedBytes = null, dataNodes = null } = inspection ?? {};
  const used = usedBytes === null ? "" : `, ${byteText(usedBytes)} used by HDFS`;
  const nodes = dataNodes === null ? "" : `, on ${dataNodes} live DataNode(s)`;
  const text = `${byteText(remainingBytes)} of ${byteText(capacityBytes)} free${used}${nodes}`;
  if (dataNodes === 0)
    return failed(
      "space",
      "cluster-unreachable",
      `${text}: nothing can be read or written`,
      "Start the cluster's DataNodes.",
    );
  if (remainingBytes <= 0) return failed("space", "secondary-full", text, `Free or add space on ${name}.`);
  if (remainingBytes < capacityBytes * SCARCE_SHARE)
    return warning("space", `${text}: less than ${SCARCE_SHARE * 100} %`, `Free or add space on ${name}.`);
  return ok("space", text);
}
