/** A recovery point: one moment of a service, whole, verified and sealed on its secondary. */
import type { Grade } from "../protect/snapshot.ts";
import type { Certificate } from "./certificate.ts";
import type { Instant } from "./instant.ts";

export interface RecoveryPoint {
  /** `point-…`, unique. */
  readonly id: string;
  readonly service: string;
  readonly run: string;
  readonly moment: Instant;
  readonly sealedAt: Instant;
  readonly grade: Grade;
  readonly certificate: Certificate;
  readonly certificateSha256: string;
  readonly label: string | null;
}
