/** Applying services: who may, what it means on the clusters, then all of them in one transaction or none. */
import { findingOf } from "@coeval/contract/api/finding";
import type { AppliedServices } from "@coeval/contract/api/service";
import { type ServiceDocument, serviceOf } from "@coeval/contract/api/service-document";
import { CoevalError, type ErrorCode, errors } from "@coeval/core/errors";
import type { FastifyRequest } from "fastify";
import { callOf, liesOf, requireService, requireSight } from "../auth/caller.ts";
import type { Applied, CheckedService, Wanted } from "../services.ts";
import type { ApiDeps } from "./deps.ts";
import { versionOf } from "./etag.ts";
import { callerOf } from "./guard.ts";
import { once } from "./once.ts";

export interface ApplyRequest {
  readonly documents: readonly ServiceDocument[];
  readonly dryRun: boolean;
}

type Answer = Awaited<ReturnType<typeof once<Applied[], AppliedServices>>>;

export async function applyAll(deps: ApiDeps, request: FastifyRequest, asked: ApplyRequest): Promise<Answer> {
  const { control } = deps;
  const caller = callerOf(request);
  const wanted = asked.documents.map(wantedOf);
  for (const { service } of wanted) {
    requireService(caller, service);
    // A service must not be taken over by one who could not see it as it is.
    const before = (await control.services.list()).find((record) => record.service.name === service.name);
    if (before) requireSight(caller, liesOf(before.service));
  }
  const planned = await control.services.apply(callOf(caller), wanted, { dryRun: true });
  const checks: CheckedService[] = [];
  for (const [index, { service, change }] of planned.entries()) {
    const check =
      change === "unchanged" ? { findings: [], blocked: false } : await control.services.check(service);
    if (!asked.dryRun) refuseBlocked(check, asked.documents[index], index);
    checks.push(check);
  }
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
        revision: asked.dryRun && change === "created" ? null : String(version),
      })),
    },
  });
  if (asked.dryRun) return answer(planned);
  return once(deps, request, (call) => control.services.apply(call, wanted, { dryRun: false }), answer);
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
  const code: ErrorCode = Object.hasOwn(errors, first.code) ? (first.code as ErrorCode) : "unsupported";
  const told = blocking.map(
    ({ cluster, text, command }) => `${cluster}: ${text}${command ? `; ${command}` : ""}`,
  );
  throw new CoevalError(code, `service ${document.metadata.name}: ${told[0]}`, {
    pointer: `#/services/${index}/spec/${set < 0 ? "mapping/target" : `dataSets/${set}/hdfs`}`,
    evidence: told.slice(1),
  });
}
