/** Applying services: who may, what it means on the clusters, then all of them in one transaction or none. */
import { findingOf } from "@coeval/contract/api/finding";
import type { AppliedServices } from "@coeval/contract/api/service";
import { type ServiceDocument, serviceOf } from "@coeval/contract/api/service-document";
import { CoevalError, type ErrorCode, errors } from "@coeval/core/errors";
import type { FastifyRequest } from "fastify";
import { callOf, liesOf, requireService, requireSight } from "../auth/caller.ts";
import type { Call } from "../call.ts";
import type { Control } from "../control.ts";
import { togetherFinding } from "../checks/estimate.ts";
import type { CheckedService } from "../checks/service-check.ts";
import type { Applied, Wanted } from "../services.ts";
import type { ApiDeps } from "./deps.ts";
import { versionOf } from "./etag.ts";
import { callerOf } from "./guard.ts";
import { once } from "./once.ts";

export interface ApplyRequest {
  readonly documents: readonly ServiceDocument[];
  readonly dryRun: boolean;
  /** Also what each first run takes. */
  readonly measure: boolean;
}

/** Services whose agents are asked at a time. */
const CHECKS_AT_ONCE_MAX = 16;
const NOTHING_FOUND: CheckedService = { findings: [], blocked: false, estimate: null };

type Answer = Awaited<ReturnType<typeof once<Applied[], AppliedServices>>>;

export async function applyAll(deps: ApiDeps, request: FastifyRequest, asked: ApplyRequest): Promise<Answer> {
  const { control } = deps;
  const caller = callerOf(request);
  const wanted = asked.documents.map(wantedOf);
  const known = new Map((await control.services.list()).map(({ service }) => [service.name, service]));
  for (const { service } of wanted) {
    requireService(caller, service);
    // A service must not be taken over by one who could not see it as it is.
    const before = known.get(service.name);
    if (before) requireSight(caller, liesOf(before));
  }
  const apply = (call: Call, dryRun: boolean) =>
    control.services.apply(call, wanted, { dryRun }).catch(placedInBody);
  const planned = await apply(callOf(caller), true);
  const checks = await checked(control, planned, asked.measure);
  if (!asked.dryRun)
    for (const [index, check] of checks.entries()) refuseBlocked(check, asked.documents[index], index);
  const answer = (applied: readonly Applied[]) => ({
    status: 200,
    location: null,
    body: {
      dryRun: asked.dryRun,
      blocked: checks.some((check) => check.blocked),
      services: applied.map(({ service, change, version }, index) => ({
        name: service.name,
        action: change,
        findings: checks[index]?.findings.map(findingOf) ?? [],
        ...(asked.measure ? { estimate: checks[index]?.estimate ?? null } : {}),
        revision: asked.dryRun && change === "created" ? null : String(version),
      })),
    },
  });
  if (asked.dryRun) return answer(planned);
  return once(deps, request, (call) => apply(call, false), answer);
}

/** Asks the agents of several services at a time. */
async function checked(
  control: Control,
  planned: readonly Applied[],
  measure: boolean,
): Promise<CheckedService[]> {
  const checks: CheckedService[] = [];
  for (let from = 0; from < planned.length; from += CHECKS_AT_ONCE_MAX) {
    const some = planned.slice(from, from + CHECKS_AT_ONCE_MAX).map(async ({ service, change }) => {
      return change === "unchanged" && !measure
        ? NOTHING_FOUND
        : control.services.examine(service, { measure });
    });
    checks.push(...(await Promise.all(some)));
  }
  return measure ? roomTogether(planned, checks) : checks;
}

/** Each service alone may fit where all of them do not. */
function roomTogether(planned: readonly Applied[], checks: readonly CheckedService[]): CheckedService[] {
  const bySecondary = Map.groupBy(checks.keys(), (index) => planned[index]?.service.secondary ?? "");
  return checks.map((check, index) => {
    const cluster = planned[index]?.service.secondary ?? "";
    const beside = (bySecondary.get(cluster) ?? []).flatMap((at) => checks[at]?.estimate ?? []);
    const finding = check.estimate ? togetherFinding(cluster, beside) : null;
    return finding
      ? { ...check, blocked: true, findings: [...check.findings, { ...finding, cluster }] }
      : check;
  });
}

/** `/3/spec/…` of the list as `#/services/3/spec/…` of the body. */
function placedInBody(thrown: unknown): never {
  if (!(thrown instanceof CoevalError) || thrown.pointer === undefined) throw thrown;
  const { code, message, pointer, evidence, cause } = thrown;
  throw new CoevalError(code, message, { pointer: `#/services${pointer}`, evidence, cause });
}

function wantedOf(document: ServiceDocument, index: number): Wanted {
  const { revision } = document.metadata;
  const pointer = `#/services/${index}/metadata/revision`;
  return {
    service: serviceOf(document),
    ifVersion: revision === undefined ? null : versionOf(revision, pointer),
  };
}

/** @throws CoevalError with the first finding that blocks; the rest are its evidence. */
function refuseBlocked(check: CheckedService, document: ServiceDocument | undefined, index: number): void {
  const blocking = check.findings.filter((finding) => finding.level === "blocks");
  const [first] = blocking;
  if (!check.blocked || !first || !document) return;
  const set = serviceOf(document).dataSets.findIndex(({ name }) => name === first.set);
  const whole = first.code === "cluster-identity" ? "secondary" : "mapping/target";
  const code: ErrorCode = Object.hasOwn(errors, first.code) ? (first.code as ErrorCode) : "unsupported";
  const told = blocking.map(
    ({ cluster, text, command }) => `${cluster}: ${text}${command ? `; ${command}` : ""}`,
  );
  throw new CoevalError(code, `service ${document.metadata.name}: ${told[0]}`, {
    pointer: `#/services/${index}/spec/${set < 0 ? whole : `dataSets/${set}/hdfs`}`,
    evidence: told.slice(1),
  });
}
