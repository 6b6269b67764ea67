/** Recovery points as the API shows them: from their certificate. */
import type { PointFile, PointResource } from "@coeval/contract/api/point";
import type { Entry } from "@coeval/core/model/entry";
import { formatInstant } from "@coeval/core/model/instant";
import type { RecoveryPoint } from "@coeval/core/model/recovery-point";
import type { Lies } from "../auth/caller.ts";

export function showPoint(point: RecoveryPoint): PointResource {
  const { body, sealed } = point.certificate;
  const { files, directories, bytes } = body.manifest;
  return {
    id: point.id,
    service: point.service,
    run: point.run,
    moment: formatInstant(point.moment),
    sealedAt: formatInstant(point.sealedAt),
    label: point.label,
    grade: { ...point.grade },
    openFiles: { ...body.openFiles },
    filters: body.filters ? { include: [...body.filters.include], exclude: [...body.filters.exclude] } : null,
    uncovered: body.uncovered?.map((one) => ({ ...one })) ?? [],
    primary: body.primary.cluster,
    secondary: body.secondary.cluster,
    directory: body.secondary.directory,
    snapshotName: sealed.snapshotName,
    files,
    directories,
    bytes,
    moved: { ...body.moved },
    certificateSha256: point.certificateSha256,
    previous: body.previous?.point ?? null,
  };
}

/** A line of a point's manifest. */
export function showFile(entry: Entry): PointFile {
  const { set, path, type, length, mtimeMs, owner, group, mode, sha256 } = entry;
  const shown = { set, path, type, length, mtimeMs, owner, group, mode };
  return sha256 === undefined ? shown : { ...shown, sha256 };
}

/** Where a point's data lay, also when its service is gone. */
export function liesOfPoint(point: RecoveryPoint): Lies {
  const { primary, dataSets } = point.certificate.body;
  return { primary: primary.cluster, paths: dataSets.map((set) => set.source) };
}
