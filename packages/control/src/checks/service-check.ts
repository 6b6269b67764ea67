/** The check of a service: what accepting it means on both clusters, and what its first run takes. Asks both agents; changes nothing. */
import type { ClusterIdentity } from "@coeval/core/model/cluster";
import { CoevalError } from "@coeval/core/errors";
import type { Filters } from "@coeval/core/model/policy";
import type { Service } from "@coeval/core/model/service";
import { mayNest } from "@coeval/core/model/set-pattern";
import type { Finding } from "@coeval/core/ports/source";
import { pointList } from "@coeval/store/control/point-list";
import { runMeasured } from "@coeval/store/control/run-measured";
import { serviceList } from "@coeval/store/control/service-list";
import type { ControlQueries } from "@coeval/store/control/tables";
import type { Clients } from "../access/clients.ts";
import { sameCluster } from "../access/twins.ts";
import { clockErrorMsMax, clockErrorText } from "../clock-share.ts";
import type { ClusterView } from "../cluster-view.ts";
import type { AgentMessage } from "../link-parts.ts";
import type { Acting } from "../acting.ts";
import type { ControlClock } from "../shared-clock.ts";
import { type Estimate, estimateOf, spaceFindings } from "./estimate.ts";
import { type MeasuredRun, rateOf } from "./rate.ts";

export interface CheckedService {
  readonly findings: readonly PlacedFinding[];
  /** True when a finding blocks. */
  readonly blocked: boolean;
  /** What the next run copies in full; null when it was not to be measured, or could not be. */
  readonly estimate: Estimate | null;
}

/** A finding with the cluster that it was made on. */
export type PlacedFinding = Finding & { readonly cluster: string };

export interface ServiceCheckParts {
  readonly db: ControlQueries;
  readonly clients: Clients;
  readonly acting: Pick<Acting, "link">;
  readonly clock: ControlClock;
}

/** Done runs that are looked at for the pair's rate. */
const RUNS_READ_MAX = 50;

/** @throws CoevalError `agent-away`, `stalled`, and what an agent cannot look at. */
export async function checkOnClusters(
  parts: ServiceCheckParts,
  service: Service,
  { measure }: { readonly measure: boolean },
): Promise<CheckedService> {
  const { db, clients } = parts;
  const { primary, secondary } = clients.of(service);
  const views = [await primary.status(), await secondary.status()] as const;
  const own = [...sameFindings(...views), ...clockFindings(parts.clock, views, service)];
  if (own.some(({ level }) => level === "blocks")) return { findings: own, blocked: true, estimate: null };
  const [source, target] = await Promise.all([
    examine(parts, service, views[0], {
      sets: service.dataSets,
      directory: null,
      measure,
      filters: service.policy.filters,
    }),
    examine(parts, service, views[1], { sets: [], directory: service.mapping.target, measure }),
  ]);
  const estimate = measure ? await estimated(db, service, source, target) : null;
  const findings = [
    ...own,
    ...placed(service.primary, source.findings),
    ...placed(service.secondary, target.findings),
    ...placed(service.secondary, estimate ? spaceFindings(service.secondary, estimate) : []),
  ];
  return { findings, blocked: findings.some(({ level }) => level === "blocks"), estimate };
}

type Findings = AgentMessage<"findings">;

async function examine(
  { acting }: ServiceCheckParts,
  service: Service,
  { cluster: { name }, identity }: ClusterView,
  asked: Pick<Parameters<typeof question>[0], "sets" | "directory" | "measure" | "filters">,
): Promise<Findings> {
  const link = acting.link(name);
  if (!link) throw new CoevalError("agent-away", `the agent of ${name} is not connected`);
  return link.questions.ask(question({ service: service.name, identity, ...asked }));
}

function question(asked: {
  readonly service: string;
  readonly identity: ClusterIdentity | null;
  readonly sets: Service["dataSets"];
  readonly directory: string | null;
  readonly measure: boolean;
  readonly filters?: Filters;
}) {
  const { filters, ...rest } = asked;
  const named = filters && { filters: { include: [...filters.include], exclude: [...filters.exclude] } };
  return { say: "examine" as const, ...rest, sets: [...asked.sets], ...named };
}

function placed(cluster: string, findings: readonly Finding[]): PlacedFinding[] {
  return findings.map((finding) => ({ ...finding, cluster }));
}

/** A copy on the cluster that holds the original would be lost with it. */
function sameFindings(primary: ClusterView, secondary: ClusterView): PlacedFinding[] {
  const is = whoIs(primary);
  if (!sameCluster(is, whoIs(secondary))) return [];
  const names = `${primary.cluster.name} and ${secondary.cluster.name}`;
  const text = `${names} are one and the same HDFS, ${is?.clusterId}/${is?.namespaceId}: the copy would be lost with the original; name two clusters`;
  return [{ cluster: secondary.cluster.name, set: null, level: "blocks", code: "cluster-identity", text }];
}

function whoIs({ identity, status }: ClusterView): ClusterIdentity | null {
  return identity ?? status?.identity ?? null;
}

/** The clock may be better when the moment comes, so it is a warning; the moment itself is refused. */
function clockFindings(
  clock: ControlClock,
  views: readonly ClusterView[],
  service: Service,
): PlacedFinding[] {
  const refused =
    "with it every moment is refused; widen spec.policy.tolerance.window, or wait for a better reading";
  const warns = (cluster: string, text: string): PlacedFinding => ({
    cluster,
    set: null,
    level: "warns",
    code: "clock-unproven",
    text: `${text}; ${refused}`,
  });
  const ownMs = clock.reading()?.errorMs ?? 0;
  const own =
    ownMs > clockErrorMsMax(service)
      ? [
          warns(
            service.primary,
            `the control device's clock error is up to ${clockErrorText(ownMs, service)}`,
          ),
        ]
      : [];
  const agents = views.flatMap(({ cluster: { name }, clock: read }) =>
    read && read.errorMs > clockErrorMsMax(service)
      ? [warns(name, `the agent's clock error is up to ${clockErrorText(read.errorMs, service)}`)]
      : [],
  );
  return [...own, ...agents];
}

async function estimated(
  db: ControlQueries,
  service: Service,
  source: Findings,
  target: Findings,
): Promise<Estimate | null> {
  if (source.sizes.length < service.dataSets.length) return null;
  const [last] = await pointList(db, service.name, null, 1);
  const { bandwidthBytesPerSecond: most } = service.policy;
  const rate = rateOf(await measuredRuns(db, service));
  return estimateOf({
    sizes: source.sizes,
    blockSizeBytes: source.blockSizeBytes,
    held: heldBy(service, last?.certificate.body.dataSets ?? []),
    room: target.room,
    rate: most === null ? rate : { ...rate, bytesPerSecond: Math.min(rate.bytesPerSecond, most) },
  });
}

/** Names of the data sets that a point holds; of a pattern, when it holds a directory of it. */
function heldBy(
  { dataSets }: Service,
  held: readonly { readonly name: string; readonly source: string }[],
): ReadonlySet<string> {
  const isHeld = ({ name, path, onUncovered }: Service["dataSets"][number]): boolean =>
    onUncovered === undefined
      ? held.some((one) => one.name === name)
      : held.some(({ source }) => mayNest({ path, onUncovered }, { path: source }));
  return new Set(dataSets.filter(isHeld).map(({ name }) => name));
}

async function measuredRuns(db: ControlQueries, { primary, secondary }: Service): Promise<MeasuredRun[]> {
  const names = (await serviceList(db))
    .filter(({ service }) => service.primary === primary && service.secondary === secondary)
    .map(({ service }) => service.name);
  return (await runMeasured(db, names, RUNS_READ_MAX)).flatMap(({ run, endedAt }) => {
    const same = run.source.cluster === primary && run.target.cluster === secondary;
    if (!same || endedAt === null || !run.received) return [];
    const { files, bytes } = run.received.moved;
    return [{ files, bytes, ms: endedAt - run.moment }];
  });
}
