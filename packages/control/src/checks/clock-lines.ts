/** The clock of a cluster's check: the agent's reading of the one source, against what services tolerate. Pure. */
import type { Service } from "@coeval/core/model/service";
import { clockErrorMsMax, clockErrorText } from "../clock-share.ts";
import type { ClusterSeen } from "./cluster-lines.ts";
import { type CheckLine, failed, ok, unknown, warning } from "./check-line.ts";

/** Services that are named at most, the strictest first. */
const SERVICES_SHOWN_MAX = 5;
const BETTER =
  "Wait for a better reading, mend the way to the source, or widen tolerance.window where the service allows it.";

export function clockLines(seen: ClusterSeen): CheckLine[] {
  const warnings = seen.clockWarnings.map((text) =>
    warning("clock", text, "Name one server that all three reach, away from both clusters."),
  );
  return [...readingLines(seen), ...clusterClockLines(seen), ...warnings];
}

function readingLines({ view, clock: own, inspected, services }: ClusterSeen): CheckLine[] {
  const ours = own.reading();
  if (!ours)
    return [
      failed(
        "clock",
        "clock-unproven",
        `the control device has not read ${own.source} yet${because(own.failure)}`,
      ),
    ];
  if (inspected === null || view.agent === null)
    return [unknown("clock", `${own.source}: the agent is not connected`)];
  const { clock, clockFailure } = view;
  if (!clock)
    return [
      failed("clock", "clock-unproven", `the agent has not read ${own.source} yet${because(clockFailure)}`),
    ];
  if (view.state === "clock-off")
    return [failed("clock", "clock-off", view.cause ?? "the agent asks another clock")];
  const tooStrict = services
    .filter((service) => Math.max(clock.errorMs, ours.errorMs) > clockErrorMsMax(service))
    .toSorted((a, b) => clockErrorMsMax(a) - clockErrorMsMax(b));
  if (tooStrict.length > 0)
    return tooStrict
      .slice(0, SERVICES_SHOWN_MAX)
      .map((service) => tooStrictLine(service, clock.errorMs, ours.errorMs));
  const { offsetMs, errorMs, ageMs, server } = clock;
  const from = server ? ` at ${server.address}` : "";
  const ahead = `${Math.abs(offsetMs).toFixed(3)} ms ± ${errorMs.toFixed(3)} ms ${offsetMs < 0 ? "behind" : "ahead of"}`;
  return [
    ok(
      "clock",
      `the agent's machine is ${ahead} ${clock.source}${from}, read ${(ageMs / 1000).toFixed(1)} s ago`,
    ),
  ];
}

/** A moment would be refused with the same figures. */
function tooStrictLine(service: Service, agentMs: number, ownMs: number): CheckLine {
  const whose = agentMs >= ownMs ? "the agent's" : "the control device's";
  const text = `${whose} clock error is up to ${clockErrorText(Math.max(agentMs, ownMs), service)}: its moments are refused`;
  return failed("clock", "clock-unproven", text, BETTER);
}

function clusterClockLines({ view: { clusterClock } }: ClusterSeen): CheckLine[] {
  if (!clusterClock) return [];
  const { offsetMs, errorMs, ageMs } = clusterClock;
  const ahead = `${Math.abs(offsetMs).toFixed(3)} ms ± ${errorMs.toFixed(3)} ms ${offsetMs < 0 ? "behind" : "ahead of"}`;
  return [
    ok(
      "clock",
      `the cluster's own clock was ${ahead} the shared one ${(ageMs / 1000).toFixed(0)} s ago; nothing is decided by it`,
    ),
  ];
}

function because(failure: string | null): string {
  return failure === null ? "" : `: ${failure}`;
}
