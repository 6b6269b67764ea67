import type { Failure } from "@coeval/core/errors";
import type { Instant } from "@coeval/core/model/instant";
import type { Progress } from "@coeval/core/protect/instruction";
import type { Phase } from "@coeval/core/protect/run";
import type { Grade } from "@coeval/core/protect/snapshot";
import type { ClusterView } from "./clusters.ts";

export interface Status {
  readonly now: Instant;
  readonly clockSource: string;
  readonly clusters: readonly ClusterView[];
  /** The worst achieved RPO first; services without a point before all. */
  readonly services: readonly ServiceStatus[];
}

export interface ServiceStatus {
  readonly service: string;
  readonly primary: string;
  readonly secondary: string;
  readonly points: number;
  readonly lastPoint: { readonly id: string; readonly moment: Instant; readonly grade: Grade } | null;
  /** What would be lost if the primary failed now: the age of the last point's moment. Null without a point. */
  readonly rpoMs: number | null;
  readonly activeRun: {
    readonly id: string;
    readonly phase: Phase;
    readonly moment: Instant;
    readonly progress: { readonly source: Progress | null; readonly target: Progress | null };
  } | null;
  /** The last run's failure; null when the last run that ended was sealed. */
  readonly lastFailure: { readonly run: string; readonly cause: Failure } | null;
}
