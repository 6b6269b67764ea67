/** Protect: begins a run of a service at a moment, once everything that can be known before any instruction speaks for it. */
import { CoevalError } from "@coeval/core/errors";
import type { Instant } from "@coeval/core/model/instant";
import type { Service } from "@coeval/core/model/service";
import { newId } from "@coeval/core/ports/random";
import type { World } from "@coeval/core/ports/world";
import { checkMoment, earliest } from "@coeval/core/protect/moment";
import type { Run, RunSide } from "@coeval/core/protect/run";
import { pointList } from "@coeval/store/control/point-list";
import type { StoredPoint } from "@coeval/store/control/point-row";
import { runActive } from "@coeval/store/control/run-active";
import { serviceGet } from "@coeval/store/control/service-get";
import type { StoredService } from "@coeval/store/control/service-row";
import type { ControlQueries } from "@coeval/store/control/tables";
import { clockApart } from "./access/cluster-client.ts";
import type { Clients } from "./access/clients.ts";
import type { Call } from "./call.ts";
import { clockErrorMsMax, clockErrorText } from "./clock-share.ts";
import { codeOf, type ClusterView } from "./cluster-view.ts";
import { type Copies, wantedOf } from "./copies.ts";
import type { Acting } from "./acting.ts";
import type { Leads } from "./leads.ts";
import type { Runner } from "./runner.ts";
import type { ControlClock } from "./shared-clock.ts";
import { resolveSets } from "./resolve-sets.ts";
import type { RunRecord, Runs } from "./runs.ts";

/** Begins a run of a service at a moment. Resolves when the run is stored and its first instructions are on their way. */
export type Protect = (call: Call, request: ProtectRequest) => Promise<RunRecord>;

/**
 * @throws CoevalError, in this order, all before any instruction: `not-found`, `run-active`, `moment-past`, `moment-too-near`, `bad-input`,
 * `agent-away`, `clock-unproven` | `clock-off`, `cluster-identity` | `safe-mode` | `cluster-unreachable`, `agent-not-ready`; with patterns
 * `uncovered`, `set-missing`, `too-large` and what the agent says of them.
 */
export interface ProtectRequest {
  readonly service: string;
  /** An instant, so many ms from now, or the earliest that can be armed. Whole ms. */
  readonly at: { readonly instant: Instant } | { readonly inMs: number } | "earliest";
  readonly label: string | null;
}

/** Characters of a label at most. */
export const LABEL_MAX = 200;

export interface ProtectParts {
  readonly db: ControlQueries;
  readonly clients: Clients;
  readonly acting: Pick<Acting, "link">;
  readonly runner: Runner;
  readonly runs: Runs;
  readonly leads: Leads;
  /** The moment is an instant on it. */
  readonly clock: ControlClock;
  readonly copies: Pick<Copies, "require">;
}

export function createProtect(world: World, parts: ProtectParts): Protect {
  const { db, clients, runner, clock } = parts;
  return async (call, request) => {
    const { service, epoch, version } = await existing(db, request.service);
    await noneActive(db, service.name);
    const moment = momentOf(request, clock.nowMs(), parts.leads.of(service.name));
    checkLabel(request.label);
    const { primary, secondary } = clients.of(service);
    const source = await primary.status();
    const target = await secondary.status();
    for (const view of [source, target]) checkPresent(view);
    checkOwnClock(clock, service);
    for (const view of [source, target]) checkClock(view, service);
    for (const view of [source, target]) checkUsable(view);
    const resolved = await resolveSets(parts.acting, service, source);
    const [last] = await pointList(db, service.name, null, 1);
    for (const { cluster } of [source, target])
      await parts.copies.require(cluster.name, last ? wantedOf(last) : null);
    clock.expect(moment);
    const run: Run = {
      ...blank,
      id: newId(world.random, "run"),
      point: newId(world.random, "point"),
      ...resolved,
      label: request.label,
      requestedBy: call.who,
      moment,
      epoch,
      ...follows(last ?? null),
      source: sideOf(source),
      target: sideOf(target),
    };
    await runner.begin(run, async (tx) => {
      // Asked again: somebody may have begun a run, or edited the service, since.
      await noneActive(tx.trx, service.name);
      if ((await existing(tx.trx, service.name)).version !== version)
        throw new CoevalError(
          "edited-meanwhile",
          `${service.name} was edited while the run was about to begin`,
        );
      await tx.audit(call.who, "service.protect", `service/${service.name}`, { run: run.id, moment });
      await call.within?.(tx, { run, startedAt: tx.now, endedAt: null } satisfies RunRecord);
    });
    return parts.runs.get(run.id);
  };
}

async function existing(db: ControlQueries, name: string): Promise<StoredService> {
  const stored = await serviceGet(db, name);
  if (stored && stored.deletedAt === null) return stored;
  throw new CoevalError("not-found", `there is no service '${name}'`);
}

async function noneActive(db: ControlQueries, service: string): Promise<void> {
  const [active] = await runActive(db, service);
  if (!active) return;
  const { id, phase } = active.run;
  throw new CoevalError("run-active", `the run ${id} of ${service} is going on: ${phase}`, {
    evidence: [id],
  });
}

function momentOf({ at }: ProtectRequest, now: Instant, leadMs: number): Instant {
  if (at === "earliest") return earliest(now, leadMs);
  const moment = "instant" in at ? at.instant : Math.ceil(now + at.inMs);
  if (!Number.isInteger(moment))
    throw new CoevalError("bad-input", `${moment} is no whole ms`, { pointer: "/at" });
  return checkMoment(moment, now);
}

function checkLabel(label: string | null): void {
  if (label !== null && label.length > LABEL_MAX)
    throw new CoevalError("bad-input", `label: ${label.length} characters; ${LABEL_MAX} at most`, {
      pointer: "/label",
    });
}

function checkPresent(view: ClusterView): void {
  if (view.state === "no-agent" || view.state === "agent-away")
    throw new CoevalError("agent-away", `${view.cluster.name}: ${view.cause}`);
}

function checkOwnClock(clock: ControlClock, service: Service): void {
  const errorMs = clock.reading()?.errorMs ?? 0;
  if (errorMs <= clockErrorMsMax(service)) return;
  const why = clock.failure === null ? "" : `; ${clock.failure}`;
  const what = `the control device's error against ${clock.source} is up to`;
  throw new CoevalError("clock-unproven", `${what} ${clockErrorText(errorMs, service)}${why}`);
}

/** The agent's reading must leave room in the tolerance, and be of the clock that ours is; both are proven again at the moment. */
function checkClock({ cluster, clock, clockFailure }: ClusterView, service: Service): void {
  const why = clockFailure === null ? "" : `: ${clockFailure}`;
  if (!clock)
    throw new CoevalError(
      "clock-unproven",
      `the agent of ${cluster.name} has not read the shared clock yet${why}`,
    );
  if (clock.errorMs > clockErrorMsMax(service)) {
    const figures = clockErrorText(clock.errorMs, service);
    throw new CoevalError("clock-unproven", `the clock's error at ${cluster.name} is up to ${figures}${why}`);
  }
  const { apart, source, server } = clock;
  if (!apart || Math.abs(apart.offsetMs) - apart.errorMs <= clockErrorMsMax(service)) return;
  const figures = `${clockApart(source, server, apart)}, the tolerance of ${service.name} allows ${clockErrorMsMax(service)} ms`;
  throw new CoevalError("clock-off", `${cluster.name}: ${figures}`);
}

function checkUsable({ cluster, state, cause }: ClusterView): void {
  const code = codeOf[state];
  if (code !== null) throw new CoevalError(code, `${cluster.name}: ${cause}`);
}

/** The chain goes on from the last point; both agents must hold it, and prove it. */
function follows(last: StoredPoint | null): Pick<Run, "base" | "previous"> {
  if (!last) return { base: null, previous: null };
  const { id: point, run, certificate, certificateSha256 } = last;
  const manifestSha256 = certificate.body.manifest.sha256;
  return { base: { point, run, manifestSha256 }, previous: { point, certificateSha256 } };
}

function sideOf({ cluster, agent, identity }: ClusterView): RunSide {
  if (!agent) throw new TypeError(`no agent of ${cluster.name}`);
  return { cluster: cluster.name, agent: agent.agent, fingerprint: agent.fingerprint, identity };
}

const blank = {
  phase: "opening",
  cause: null,
  address: null,
  taken: null,
  grade: null,
  sent: null,
  received: null,
  signature: null,
  certificate: null,
  released: { source: false, target: false },
  progress: { source: null, target: null },
} as const;
