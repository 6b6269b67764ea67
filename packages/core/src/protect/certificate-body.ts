/** What a run's certificate will say, from what both agents answered. */
import type { CertificateBody } from "../model/certificate.ts";
import { formatInstant } from "../model/instant.ts";
import { joinPath, relativeTo } from "../model/path.ts";
import type { Filters } from "../model/policy.ts";
import type { Uncovered } from "../model/set-pattern.ts";
import type { Appeared } from "./instruction.ts";
import type { Run } from "./run.ts";

/** @throws TypeError before the run has all that a certificate names: a defect. */
export function certificateBody(run: Run): CertificateBody {
  const { taken, grade, sent, source, target, service } = run;
  if (!taken || !grade || !sent || !source.identity || !target.identity)
    throw new TypeError(`run ${run.id} is not ready to be certified`);
  return {
    version: 1,
    service: service.name,
    point: run.point,
    run: run.id,
    epoch: run.epoch,
    moment: formatInstant(run.moment),
    primary: { cluster: source.cluster, identity: source.identity },
    secondary: { cluster: target.cluster, identity: target.identity, directory: service.mapping.target },
    dataSets: service.dataSets.map((set) => ({
      name: set.name,
      source: set.path,
      target: joinPath(service.mapping.target, relativeTo(set.path, service.mapping.source)),
    })),
    ...certifiedFilters(service.policy.filters),
    ...certifiedUncovered(run.patterns?.uncovered ?? [], taken.appeared ?? []),
    grade,
    openFiles: { kind: taken.openFiles.kind, count: taken.openFiles.count },
    clock: taken.clock,
    receipts: taken.receipts,
    manifest: sent.manifest,
    moved: sent.moved,
    previous: run.previous,
  };
}

/** Rules that leave nothing out are not named. */
export function certifiedFilters(filters: Filters): Pick<CertificateBody, "filters"> {
  return filters.include.length + filters.exclude.length === 0 ? {} : { filters };
}

/** What is not held, by path: what could not be taken, and what came too late to be. */
export function certifiedUncovered(
  uncovered: readonly Uncovered[],
  appeared: readonly Appeared[],
): Pick<CertificateBody, "uncovered"> {
  const late = appeared.map(({ path }) => ({ path, why: "it came just before the moment" }));
  const all = [...uncovered, ...late].sort((a, b) => (a.path < b.path ? -1 : 1));
  return all.length === 0 ? {} : { uncovered: all };
}
