import type { Instant } from "@coeval/core/model/instant";
import type { Run } from "@coeval/core/protect/run";
import type { Call, Page, PageRequest } from "./call.ts";

export interface Runs {
  /** Newest first. */
  list(request: PageRequest & { readonly service?: string | undefined }): Promise<Page<RunRecord>>;
  /** With the newest progress. @throws CoevalError `not-found`. */
  get(id: string): Promise<RunRecord>;
  /** Oldest first. @throws CoevalError `not-found`. */
  logs(id: string, request: PageRequest): Promise<Page<RunLogLine>>;
  /** A run that is sealing, ending or over stays as it is. @throws CoevalError `not-found`. */
  cancel(call: Call, id: string): Promise<RunRecord>;
}

export interface RunRecord {
  readonly run: Run;
  readonly startedAt: Instant;
  /** Null while it goes on. */
  readonly endedAt: Instant | null;
}

export interface RunLogLine {
  readonly at: Instant;
  readonly text: string;
}
