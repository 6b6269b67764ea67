/**
 * Instruction: an idempotent order to one agent. Its identity is run/step, so a repeat is harmless:
 * the agent answers it from its journal.
 */
import type { Failure } from "../errors.ts";
import type {
  Certificate,
  CertificateBody,
  ManifestSummary,
  MovedSummary,
  Signature,
} from "../model/certificate.ts";
import type { ClusterIdentity } from "../model/cluster.ts";
import type { DataSet } from "../model/data-set.ts";
import type { Instant } from "../model/instant.ts";
import type { ClockEvidence, OpenFilesGrade, Receipt } from "../model/receipt.ts";
import type { Filters } from "../model/policy.ts";
import type { Role } from "../model/role.ts";
import type { RunLine } from "../model/run-line.ts";
import type { SetPattern, Uncovered } from "../model/set-pattern.ts";

export interface Instruction {
  /** `run/step`. */
  readonly id: string;
  readonly run: string;
  readonly service: string;
  /** The agent's cluster, and the role it has for the service in this epoch. */
  readonly cluster: string;
  readonly role: Role;
  readonly epoch: number;
  /** The cluster must prove to be this one; null at the first meeting. */
  readonly identity: ClusterIdentity | null;
  readonly order: Order;
}

/** Who is at the other end of a transfer. */
export interface TransferPeer {
  readonly cluster: string;
  readonly agent: string;
  /** Of its certificate's key. */
  readonly fingerprint: string;
}

/** The last sealed point, which both agents must hold; null for a full copy. */
export interface Base {
  readonly point: string;
  readonly run: string;
  readonly manifestSha256: string;
}

/** Data set name → its path relative to the holding directory. */
export interface SetPlace {
  readonly name: string;
  readonly relative: string;
}

/** An end of a run's transfer. */
export type Side = "source" | "target";

/** What a transfer may take of what it shares with others, and who goes first where that is not enough for all. */
export interface TransferShare {
  /** Bytes of content a second at most; null: as the link gives. */
  readonly bytesPerSecond: number | null;
  /** 0…100, the highest first; of equals the earliest moment. */
  readonly priority: number;
  readonly moment: Instant;
}

/** One end of a transfer listens for its peer: the target in a push, the source in a pull. */
export interface ListenOrder<Name extends string> {
  readonly step: Name;
  readonly base: Base | null;
  readonly peer: TransferPeer;
  readonly share: TransferShare;
}

/** The other end dials it at its address: the source in a push, the target in a pull. */
export interface DialOrder<Name extends string> extends ListenOrder<Name> {
  readonly address: string;
}

/** Where a service lies on its secondary. */
export interface HoldingPlace {
  readonly directory: string;
  readonly sets: readonly SetPlace[];
  readonly filters: Filters;
  readonly base: Base | null;
}

/** What is ordered. The step's name is the order's `step`. */
export type Order =
  | {
      readonly step: "take-snapshots";
      readonly moment: Instant;
      readonly sets: readonly DataSet[];
      readonly filters: Filters;
      /** Looked at once more right after the moment; absent without patterns. */
      readonly patterns?: readonly SetPattern[];
      /** What is known to be in no snapshot. */
      readonly uncovered?: readonly Uncovered[];
      readonly snapshotName: string;
      /** The clock's error bound must lie below it, else the moment is refused before any snapshot. */
      readonly clockErrorMsMax: number;
    }
  /** Before the moment: the holding directory is proven ours, unchanged since the base, and with room. */
  | ({ readonly step: "open-holding" } & HoldingPlace)
  | ListenOrder<"receive-snapshots">
  | ListenOrder<"serve-snapshots">
  | DialOrder<"send-snapshots">
  | DialOrder<"replicate-snapshots">
  | { readonly step: "verify" }
  | { readonly step: "sign"; readonly body: CertificateBody }
  | {
      readonly step: "seal";
      readonly body: CertificateBody;
      readonly source: Signature;
      readonly previous: string | null;
    }
  /** Ends the run at this agent. `void`: what it made is taken back. */
  | {
      readonly step: "release";
      readonly outcome: "sealed" | "void";
      readonly certificate: Certificate | null;
      /** What the run was about: for an agent that took over and knows nothing of it. */
      readonly sets: readonly DataSet[];
      readonly holding: HoldingPlace;
    }
  /** The service is deleted: its snapshots on the source go; with `delete` its points on the target, and what both agents keep of them. */
  | {
      readonly step: "retire";
      readonly points: "keep" | "delete";
      /** The holding directory; null on the source. */
      readonly directory: string | null;
    };

/** What an order is to do, in a word. */
export type Step = Order["step"];

/** What an agent answers, once, at the end of an instruction. `lines`: for the run's log, as far as no report has told them. */
export type Outcome =
  | { readonly ok: true; readonly result: Result; readonly lines?: readonly RunLine[] }
  | { readonly ok: false; readonly failure: Failure; readonly lines?: readonly RunLine[] };

/** Both ends of a transfer answer what they hold at its end, and what was moved. */
export interface TransferResult<Name extends string> {
  readonly step: Name;
  readonly manifest: ManifestSummary;
  readonly moved: MovedSummary;
}

/** What a step answers when it has succeeded. */
export type Result =
  | {
      readonly step: "take-snapshots";
      /** Of the cluster they were taken on; the run needs it when the report `armed` was lost. */
      readonly identity?: ClusterIdentity;
      readonly receipts: readonly Receipt[];
      readonly clock: ClockEvidence;
      /** Directories of patterns that were there at the moment, or came right after it, and are none of the run's data sets. */
      readonly appeared?: readonly Appeared[];
      readonly openFiles: {
        readonly kind: OpenFilesGrade;
        readonly count: number;
        readonly why: string | null;
      };
    }
  | { readonly step: "open-holding"; readonly identity: ClusterIdentity }
  | TransferResult<"receive-snapshots">
  | TransferResult<"send-snapshots">
  | TransferResult<"serve-snapshots">
  | TransferResult<"replicate-snapshots">
  | { readonly step: "verify"; readonly files: number; readonly bytes: number }
  | { readonly step: "sign"; readonly signature: Signature }
  | { readonly step: "seal"; readonly certificate: Certificate }
  | { readonly step: "release" }
  | { readonly step: "retire"; readonly snapshots: number };

/** A directory of a pattern that nobody knew of when the run began. */
export interface Appeared {
  /** Name of the pattern. */
  readonly pattern: string;
  readonly path: string;
}

/** What an agent reports while it works. Lost reports do no harm. */
export type Report =
  /** receive-snapshots, serve-snapshots: the peer may connect to `address`. */
  | { readonly kind: "ready"; readonly address: string }
  /** take-snapshots: armed; the moment will be met. */
  | { readonly kind: "armed"; readonly identity: ClusterIdentity }
  | { readonly kind: "progress"; readonly progress: Progress };

/** How far a step is. Totals are null until they are known. */
export interface Progress {
  readonly doing: string;
  readonly filesDone: number;
  readonly filesTotal: number | null;
  readonly bytesDone: number;
  readonly bytesTotal: number | null;
}

/** The instruction's identity. `sign` and `seal` are halves of the design's `seal`, one an agent. */
export function instructionId(run: string, step: Step, side: Side): string {
  return `${run}/${step}/${side}`;
}
