// The parts of the product's JSON answers that tests look at, written down here by hand: a change of the answers that
// would break users' scripts breaks the tests as well.

export interface Run {
  readonly id: string;
  readonly service: string;
  readonly point: string;
  readonly phase: string;
  readonly moment: string;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly bandwidth: string | null;
  readonly basePoint: string | null;
  readonly cause: Cause | null;
  readonly grade: Grade | null;
  readonly openFiles: { readonly kind: string; readonly count: number } | null;
  readonly receipts: readonly Receipt[];
  readonly clock: {
    readonly source: string;
    readonly server: {
      readonly address: string;
      readonly referenceId: string;
      readonly stratum: number;
    } | null;
    readonly errorMs: number;
  } | null;
  readonly target: { readonly directory: string };
  readonly total: { readonly files: number; readonly directories: number; readonly bytes: number } | null;
  readonly moved: {
    readonly changes: number;
    readonly files: number;
    readonly bytes: number;
    readonly deletions: number;
  } | null;
}

export interface Cause {
  readonly code: string;
  readonly message: string;
  readonly evidence: readonly string[];
  readonly hint: string;
}

export interface Grade {
  readonly kind: "exact" | "within" | "torn";
  readonly spreadMs: number;
  readonly windowMs: number;
}

export interface Receipt {
  readonly root: string;
  readonly snapshotName: string;
  readonly earliest: string;
  readonly latest: string;
  readonly clusterStamp: string | null;
}

export interface Status {
  readonly safe: boolean;
  readonly now: string;
  readonly clock: ClockReading | null;
  readonly warnings: readonly { readonly about: string; readonly text: string }[];
  readonly troubles: readonly {
    readonly about: string;
    readonly text: string;
    readonly hint: string | null;
  }[];
  readonly services: readonly {
    readonly name: string;
    readonly status: {
      readonly state: string;
      readonly cause: string | null;
      readonly points: number;
      readonly lastPoint: { readonly id: string; readonly moment: string } | null;
      readonly uncovered: readonly string[];
      readonly rpoMs: number | null;
      readonly activeRun: { readonly id: string; readonly phase: string } | null;
    };
  }[];
  readonly clusters: readonly {
    readonly name: string;
    readonly status: {
      readonly state: string;
      readonly cause: string | null;
      readonly role: string;
      readonly voidSnapshots: number;
      readonly clock: ClockReading | null;
      readonly clusterClock: Offset | null;
    };
  }[];
}

export interface Offset {
  readonly offsetMs: number;
  readonly errorMs: number;
}

export interface ClockReading extends Offset {
  readonly source: string;
  readonly server: {
    readonly asked: string;
    readonly address: string;
    readonly referenceId: string;
    readonly stratum: number;
  } | null;
  readonly ageMs: number;
  readonly apart?: Offset | null;
}

export interface Point {
  readonly id: string;
  readonly run: string;
  readonly moment: string;
  readonly snapshotName: string;
  readonly uncovered: readonly { readonly path: string; readonly why: string }[];
  readonly files: number;
  readonly bytes: number;
  readonly certificateSha256: string;
}

export function isOver(run: Run): boolean {
  return run.phase === "done" || run.phase === "failed";
}
