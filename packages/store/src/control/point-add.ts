import type { RecoveryPoint } from "@coeval/core/model/recovery-point";
import type { ControlWrites } from "./tables.ts";

/** Adds a sealed point at the end of its service's chain. */
export async function pointAdd(trx: ControlWrites, point: RecoveryPoint): Promise<void> {
  const { id, service, run, moment, sealedAt, label, certificateSha256 } = point;
  const grade = JSON.stringify(point.grade);
  const certificate = JSON.stringify(point.certificate);
  await trx
    .insertInto("points")
    .values({ id, service, run, moment, sealedAt, grade, label, certificate, certificateSha256 })
    .execute();
}
