/** Troubles: everything that is not as it should be, decided here and nowhere else. Each has a key that stays the same while it lasts. */
import { explain } from "@coeval/core/errors";
import { formatInstant, type Instant } from "@coeval/core/model/instant";
import { codeOf, type ClusterView } from "./cluster-view.ts";
import { CLOCK_SHARE } from "./clock-share.ts";
import { behindMs, type OwnClock, type ServiceStatus, type Status } from "./status.ts";

/** A source that nobody could read for so long will refuse moments soon. */
const UNREAD_MS_MAX = 30_000;

export interface Trouble {
  /** Stable while it lasts: `service/orders:objective`, `cluster/west:agent-away`. */
  readonly key: string;
  /** `service/orders`, `cluster/west`. */
  readonly about: string;
  /** Its first line names the cause. */
  readonly text: string;
  /** What to do. */
  readonly hint: string | null;
  /** Null when nobody knows. */
  readonly since: Instant | null;
}

/** Pure. Services first, in the status's order. */
export function troublesOf(status: Pick<Status, "services" | "clusters" | "clock">): Trouble[] {
  const { services, clusters } = status;
  return [
    ...clockTroubles(status.clock),
    ...services.flatMap(serviceTroubles),
    ...clusters.flatMap((view) => clusterTroubles(view, services)),
  ];
}

function serviceTroubles(one: ServiceStatus): Trouble[] {
  const about = `service/${one.service}`;
  const list: Trouble[] = [];
  const add = (kind: string, text: string, hint: string | null, since: Instant | null) =>
    list.push({ key: `${about}:${kind}`, about, text, hint, since });

  const { lastPoint, lastFailure, lastMoment, policyFault } = one;
  if (lastFailure) {
    const { cause, run, at } = lastFailure;
    add("failed", `${run} failed: ${cause.message}`, explain(cause.code).hint, at);
  }
  if (!lastPoint && !lastFailure)
    add("no-point", "has no recovery point yet", `coeval service protect ${one.service}`, null);
  if (one.uncovered.length > 0) {
    const text = `the last point does not hold ${one.uncovered.join(", ")} yet`;
    add("uncovered", text, `coeval service protect ${one.service}`, null);
  }
  if (behindMs(one) !== null && lastPoint && one.objectiveMs !== null)
    add("objective", behindText(one), behindHint(one), lastPoint.moment + one.objectiveMs);
  if (lastMoment?.fate === "missed" && lastMoment.cause) {
    const { cause, moment, at } = lastMoment;
    add(
      "missed",
      `the moment ${formatInstant(moment)} was missed: ${cause.message}`,
      explain(cause.code).hint,
      at,
    );
  }
  if (policyFault)
    add(
      "policy",
      `its policy gives no moments: ${policyFault.message}`,
      explain(policyFault.code).hint,
      null,
    );
  return list;
}

function behindText(one: ServiceStatus): string {
  const { rpoMs, objectiveMs, pause, lastFailure, lastMoment } = one;
  const figures = `would lose the last ${seconds(rpoMs ?? 0)}, ${seconds(objectiveMs ?? 0)} is aimed at`;
  if (pause) return `${figures}: it is paused: ${pause.why}`;
  if (lastFailure) return `${figures}: ${lastFailure.run} failed: ${lastFailure.cause.message}`;
  if (lastMoment?.fate === "missed")
    return `${figures}: the last moment was missed: ${lastMoment.cause?.message ?? "no cause is known"}`;
  if (one.activeRun) return `${figures}: ${one.activeRun.id} still goes on (${one.activeRun.phase})`;
  if (one.nextMoment === null) return `${figures}: its policy gives no moment`;
  return `${figures}: the next moment is ${formatInstant(one.nextMoment)}`;
}

function behindHint({ service, pause, activeRun }: ServiceStatus): string {
  if (pause) {
    const { what, name } = pause;
    return what === "all" ? "coeval service resume --all" : `coeval ${what} resume ${name}`;
  }
  return activeRun ? `coeval run watch ${activeRun.id}` : `coeval service protect ${service}`;
}

function clusterTroubles(view: ClusterView, services: readonly ServiceStatus[]): Trouble[] {
  const { name } = view.cluster;
  const about = `cluster/${name}`;
  const one = (kind: string, text: string, hint: string, since: Instant | null): Trouble[] => [
    { key: `${about}:${kind}`, about, text, hint, since },
  ];
  if (view.agent === null) return one("no-agent", "has no agent", `coeval cluster enroll ${name}`, null);
  const code = codeOf[view.state];
  if (code !== null) {
    const since = view.connected ? null : view.lastSeenAt;
    return one(view.state, view.cause ?? explain(code).meaning, explain(code).hint, since);
  }
  const { hint } = explain("clock-unproven");
  if (view.clock === null && view.clockFailure !== null) {
    const text = `the shared clock could not be read yet: ${view.clockFailure}`;
    return one("clock-unread", text, explain("clock-source").hint, null);
  }
  if (view.clock === null)
    return one("clock-unproven", "its agent has not read the shared clock yet", hint, null);
  const strictest = services
    .filter(({ primary, secondary }) => primary === name || secondary === name)
    .toSorted((a, b) => a.toleranceMs - b.toleranceMs)[0];
  if (!strictest || view.clock.errorMs <= strictest.toleranceMs * CLOCK_SHARE) return [];
  const figures = `${view.clock.errorMs.toFixed(1)} ms, the tolerance of ${strictest.service} allows ${strictest.toleranceMs * CLOCK_SHARE} ms`;
  return one("clock-unproven", `its clock's error is up to ${figures}`, hint, null);
}

function clockTroubles({ source, failure, reading }: OwnClock): Trouble[] {
  if (failure === null || (reading && reading.ageMs <= UNREAD_MS_MAX)) return [];
  const since = reading ? `for ${Math.round(reading.ageMs / 1000)} s` : "yet";
  const text = `${source} could not be read ${since}: ${failure}`;
  return [{ key: "clock:unread", about: "clock", text, hint: explain("clock-source").hint, since: null }];
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
