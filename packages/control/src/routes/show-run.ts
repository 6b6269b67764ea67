/** Runs as the API shows them. */
import { formatBandwidth } from "@coeval/contract/api/bandwidth";
import type { RunResource } from "@coeval/contract/api/run";
import { explain, type Failure } from "@coeval/core/errors";
import { formatInstant } from "@coeval/core/model/instant";
import type { Receipt } from "@coeval/core/model/receipt";
import type { RunRecord } from "../runs.ts";

export function showRun({ run, startedAt, endedAt }: RunRecord): RunResource {
  const { taken, sent } = run;
  const { bandwidthBytesPerSecond: bytesPerSecond } = run.service.policy;
  return {
    id: run.id,
    service: run.service.name,
    point: run.point,
    phase: run.phase,
    moment: formatInstant(run.moment),
    label: run.label,
    bandwidth: bytesPerSecond === null ? null : formatBandwidth(bytesPerSecond),
    requestedBy: run.requestedBy,
    epoch: run.epoch,
    startedAt: formatInstant(startedAt),
    endedAt: endedAt === null ? null : formatInstant(endedAt),
    basePoint: run.base?.point ?? null,
    source: { cluster: run.source.cluster, agent: run.source.agent },
    target: {
      cluster: run.target.cluster,
      agent: run.target.agent,
      directory: run.service.mapping.target,
    },
    cause: run.cause === null ? null : showCause(run.cause),
    grade: run.grade === null ? null : { ...run.grade },
    openFiles: taken === null ? null : { kind: taken.openFiles.kind, count: taken.openFiles.count },
    receipts: taken?.receipts.map(showReceipt) ?? [],
    clock: taken === null ? null : { ...taken.clock, server: taken.clock.server ?? null },
    total: sent === null ? null : sizeOf(sent.manifest),
    moved: sent === null ? null : { ...sent.moved },
    progress: { source: run.progress.source, target: run.progress.target },
  };
}

function showCause(cause: Failure): NonNullable<RunResource["cause"]> {
  const { retry, hint } = explain(cause.code);
  return { code: cause.code, message: cause.message, evidence: [...cause.evidence], retry, hint };
}

function showReceipt(receipt: Receipt): RunResource["receipts"][number] {
  return {
    root: receipt.root,
    snapshotName: receipt.snapshotName,
    earliest: formatInstant(receipt.earliest),
    latest: formatInstant(Math.ceil(receipt.latest)),
    clusterStamp: receipt.clusterStamp === null ? null : formatInstant(receipt.clusterStamp),
  };
}

function sizeOf({ files, directories, bytes }: NonNullable<RunResource["total"]>): RunResource["total"] {
  return { files, directories, bytes };
}
