import type { Service } from "@coeval/core/model/service";
import type { Finding } from "@coeval/core/ports/source";
import type { Call } from "./call.ts";

export interface Services {
  /**
   * Makes the services be as given, all or none. Paths come back without trailing slash. Does not ask agents: see `check`.
   * @throws CoevalError with `pointer` into the definition: `bad-input`, `bad-path`, `data-sets-nested`, `name-taken`, `not-allowed`,
   * `not-found` (clusters), `edited-meanwhile`, `point-exists` (an edit that points forbid), `run-active`, `too-large`.
   */
  apply(call: Call, wanted: readonly Wanted[], options: { readonly dryRun: boolean }): Promise<Applied[]>;
  /** @throws CoevalError `not-found`. */
  get(name: string): Promise<ServiceRecord>;
  list(): Promise<ServiceRecord[]>;
  /**
   * What accepting the data sets means on both clusters, asked of both agents; changes nothing. Takes a definition that need not be applied.
   * @throws CoevalError as `apply`, and `agent-away`.
   */
  check(service: Service): Promise<CheckedService>;
  /**
   * @param points `keep`: its points stay on the secondary. Null is refused when points exist.
   * @throws CoevalError `not-found`, `run-active`, `point-exists`, `edited-meanwhile`, `unsupported` (delete points).
   */
  remove(
    call: Call,
    name: string,
    options: { readonly points: "keep" | "delete" | null; readonly ifVersion: IfVersion },
  ): Promise<void>;
}

/** `If-Match`: the version read; `absent`: must not exist (`If-None-Match: *`); null: whatever it is. */
export type IfVersion = number | "absent" | null;

export interface Wanted {
  readonly service: Service;
  readonly ifVersion: IfVersion;
}

export interface Applied extends ServiceRecord {
  readonly change: "created" | "changed" | "unchanged";
}

export interface ServiceRecord {
  readonly service: Service;
  /** Counts from 1; the ETag. */
  readonly version: number;
  readonly epoch: number;
}

export interface CheckedService {
  readonly findings: readonly (Finding & { readonly cluster: string })[];
  /** True when a finding blocks. */
  readonly blocked: boolean;
}
