/** What may be wrong with a clock source though every reading agrees: several servers behind one name, or a server in one cluster's hands. */
import { isNtp, parseNtp } from "@coeval/core/clock/source-name";
import type { TimeServer } from "@coeval/core/ports/time-source";
import type { ClusterView } from "./cluster-view.ts";
import type { ControlClock } from "./shared-clock.ts";

export interface ClockWarning {
  /** The cluster that it concerns. */
  readonly cluster: string;
  readonly text: string;
}

/** Pure. */
export function clockWarnings(
  own: Pick<ControlClock, "source" | "server">,
  clusters: readonly ClusterView[],
): ClockWarning[] {
  if (!isNtp(own.source)) return [];
  const { source, server } = own;
  const hosts = new Set([parseNtp(source).host, ...(server ? [hostOf(server.address)] : [])]);
  return clusters.flatMap((view) => {
    const texts = [otherServer(server, view), ownMachine(source, hosts, view), loopback(hosts, view)];
    return texts.filter((text) => text !== null).map((text) => ({ cluster: view.cluster.name, text }));
  });
}

/** A pool's name is several clocks; a name that the agent was given here may be another server altogether. */
function otherServer(own: TimeServer | null, { cluster, clock }: ClusterView): string | null {
  const theirs = clock?.server ?? null;
  if (!own || !theirs) return null;
  const both = `the control device is answered by ${said(own)}, the agent of ${cluster.name} by ${said(theirs)}`;
  if (own.asked === theirs.asked && own.address !== theirs.address)
    return `${own.asked} is several clocks: ${both}; name one server`;
  const same = own.referenceId === theirs.referenceId && own.stratum === theirs.stratum;
  if (own.asked !== theirs.asked && !same)
    return `the agent asks ${theirs.asked} for ${own.asked}, which seems to be another server: ${both}`;
  return null;
}

/** Whoever owns a cluster's machines could set the clock that its own moments are judged by. */
function ownMachine(
  source: string,
  hosts: ReadonlySet<string>,
  { cluster, dataAddress }: ClusterView,
): string | null {
  const nameNodes = cluster.hdfs.url
    .replace(/^\w+:\/\//, "")
    .split(",")
    .map(hostOf);
  const lies = (what: string) =>
    `${source} lies with ${what} of ${cluster.name}: its administrator can set the clock that all are judged by`;
  if (nameNodes.some((host) => hosts.has(host.toLowerCase()))) return lies("the NameNode");
  if (dataAddress !== null && hosts.has(hostOf(dataAddress).toLowerCase())) return lies("the agent");
  return null;
}

/** A loopback address is another server on every machine. */
function loopback(hosts: ReadonlySet<string>, { cluster, dataAddress }: ClusterView): string | null {
  const [here] = Array.from(hosts).filter(isLoopback);
  if (here === undefined || dataAddress === null || isLoopback(hostOf(dataAddress))) return null;
  return `${here} is another server for the agent of ${cluster.name} at ${dataAddress}; name the server by an address that all reach`;
}

function said({ address, referenceId, stratum }: TimeServer): string {
  return `${address} (stratum ${stratum}, following ${referenceId})`;
}

function hostOf(address: string): string {
  return address.slice(0, address.lastIndexOf(":")).replace(/^\[|\]$/g, "");
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host.startsWith("127.");
}
