/** Clocks as people read them: signed offsets with their bounds, and who was asked. */
import type { ClusterResource } from "@coeval/contract/api/cluster";
import type { StatusResource } from "@coeval/contract/api/status";
import { duration } from "./figures.ts";

type Reading = NonNullable<StatusResource["clock"]>;
type ClusterStatus = ClusterResource["status"];

/** `+1.204 ms ± 0.310 ms`. */
export function offsetText({ offsetMs, errorMs }: Pick<Reading, "offsetMs" | "errorMs">): string {
  return `${offsetMs < 0 ? "−" : "+"}${Math.abs(offsetMs).toFixed(3)} ms ± ${errorMs.toFixed(3)} ms`;
}

/** `10.0.0.5:123, stratum 3, following C0A80001`; empty when the control device is the source. */
export function serverText(
  server: Pick<NonNullable<Reading["server"]>, "address" | "referenceId" | "stratum"> | null,
): string {
  return server === null
    ? ""
    : `${server.address}, stratum ${server.stratum}, following ${server.referenceId}`;
}

/** The shared clock on one line, e.g. for the head of the status. */
export function clockLine({ clock, clockSource }: StatusResource): string {
  if (clock === null) return `clock: ${clockSource}, not read yet`;
  if (clock.server === null) return `clock: ${clockSource}`;
  const { server } = clock;
  const utc = `itself within ${server.utcErrorMs.toFixed(1)} ms of UTC`;
  return `clock: ${clockSource} (${serverText(server)}, ${utc}); control device ${offsetText(clock)}, read ${duration(clock.ageMs)} ago`;
}

/** What a cluster's state says of clocks, column by column. */
export const clockColumns: Readonly<Record<string, (cluster: Pick<ClusterResource, "status">) => string>> = {
  CLOCK: ({ status }) => agentClock(status),
  "CLOCK SERVER": ({ status }) => serverText(status.clock?.server ?? null),
  "FROM OURS": ({ status }) => (status.clock?.apart ? offsetText(status.clock.apart) : ""),
  "CLUSTER'S CLOCK": ({ status: { clusterClock } }) =>
    clusterClock === null
      ? "not known before the first moment"
      : `${offsetText(clusterClock)}, ${duration(clusterClock.ageMs)} ago`,
};

function agentClock({ clock, clockFailure }: ClusterStatus): string {
  const failure = clockFailure === null ? "" : `; ${clockFailure}`;
  if (clock === null) return `not read yet${failure}`;
  return `agent's machine ${offsetText(clock)} from ${clock.source}, read ${duration(clock.ageMs)} ago${failure}`;
}
