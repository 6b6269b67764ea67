import type { RecoveryPoint } from "@coeval/core/model/recovery-point";
import type { Page, PageRequest } from "./call.ts";

export interface Points {
  /** Newest first. @throws CoevalError `not-found` for a service that never was. */
  list(service: string, request: PageRequest): Promise<Page<RecoveryPoint>>;
  /** @throws CoevalError `not-found`. */
  get(id: string): Promise<RecoveryPoint>;
}
