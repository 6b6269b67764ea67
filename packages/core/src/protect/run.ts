/**
 * The run: one moment of one service, from opening both sides to the released snapshots. `step` decides, nothing else does:
 * the control device stores the new run and the commands in one transaction, then carries them out.
 *
 *   opening → arming → armed → sending → verifying → signing → sealing → closing → done
 *   any of them, on a failure → giving-up → failed
 */
import { CoevalError, type Failure, toFailure } from "../errors.ts";
import type { Certificate, ManifestSummary, MovedSummary, Signature } from "../model/certificate.ts";
import type { ClusterIdentity } from "../model/cluster.ts";
import { formatInstant, type Instant } from "../model/instant.ts";
import type { Service } from "../model/service.ts";
import type { SetPattern, Uncovered } from "../model/set-pattern.ts";
import { DIRECTIONS } from "./direction.ts";
import type { Base, Instruction, Outcome, Progress, Report, Result, Side, Step } from "./instruction.ts";
import { instruct } from "./instruct.ts";
import { refusalOf } from "./refusal.ts";
import { type Grade, judge } from "./snapshot.ts";

export type Phase =
  | "opening"
  | "arming"
  | "armed"
  | "sending"
  | "verifying"
  | "signing"
  | "sealing"
  | "closing"
  | "done"
  | "giving-up"
  | "failed";

/** One end of a run: the cluster, and the agent that stood beside it when the run began. */
export interface RunSide {
  readonly cluster: string;
  readonly agent: string;
  readonly fingerprint: string;
  readonly identity: ClusterIdentity | null;
}

/** A run's whole state: plain data, stored as it is. */
export interface Run {
  readonly id: string;
  readonly point: string;
  /** The service as it was when the run began, its data sets those that its patterns meant: an edit does not change a run. */
  readonly service: Service;
  /** The patterns of its data sets, and their directories that cannot be taken; absent without patterns. */
  readonly patterns?: RunPatterns;
  readonly label: string | null;
  readonly requestedBy: string;
  readonly moment: Instant;
  readonly epoch: number;
  readonly base: Base | null;
  readonly previous: { readonly point: string; readonly certificateSha256: string } | null;
  readonly source: RunSide;
  readonly target: RunSide;
  readonly phase: Phase;
  readonly cause: Failure | null;
  /** Where the end of the transfer that listens is reached; null until it has said so. */
  readonly address: string | null;
  readonly taken: Extract<Result, { step: "take-snapshots" }> | null;
  readonly grade: Grade | null;
  readonly sent: { readonly manifest: ManifestSummary; readonly moved: MovedSummary } | null;
  readonly received: { readonly manifest: ManifestSummary; readonly moved: MovedSummary } | null;
  readonly signature: Signature | null;
  readonly certificate: Certificate | null;
  readonly released: { readonly source: boolean; readonly target: boolean };
  readonly progress: { readonly source: Progress | null; readonly target: Progress | null };
}

/** A run's patterns, as they stood when it began. */
export interface RunPatterns {
  readonly all: readonly SetPattern[];
  /** Of those that mark: what is in no snapshot. */
  readonly uncovered: readonly Uncovered[];
}

/** What happens to a run. */
export type RunEvent =
  | { readonly kind: "begin" }
  | { readonly kind: "reported"; readonly side: Side; readonly report: Report; readonly now: Instant }
  | {
      readonly kind: "answered";
      readonly side: Side;
      readonly step: Step;
      readonly outcome: Outcome;
      readonly now: Instant;
    }
  /** The deadline of a phase ran out; of one that is over it means nothing. */
  | { readonly kind: "deadline"; readonly phase: Phase }
  | { readonly kind: "cancel"; readonly by: string }
  /** Another agent of a side's cluster acts from now on. */
  | {
      readonly kind: "taken-over";
      readonly side: Side;
      readonly agent: string;
      readonly fingerprint: string;
    };

/** What follows from a step, to be carried out after it is stored. */
export type Command =
  | { readonly kind: "instruct"; readonly instruction: Instruction }
  /** Send the run `deadline` when the phase still lasts after `afterMs` without a sign of progress. */
  | { readonly kind: "deadline"; readonly phase: Phase; readonly afterMs: number }
  /** Same, at an instant of the shared clock. */
  | { readonly kind: "deadline-at"; readonly phase: Phase; readonly at: Instant }
  | { readonly kind: "seal-point"; readonly certificate: Certificate }
  | { readonly kind: "pin"; readonly cluster: string; readonly identity: ClusterIdentity };

/** The run after an event, and what follows from it. */
export interface Stepped {
  readonly run: Run;
  readonly commands: readonly Command[];
}

/** The agents answer the opening within this, or it is given up before any snapshot. */
export const OPENING_MS_MAX = 30_000;
/** The source must be armed this long before the moment. */
export const ARMED_BEFORE_MS = 20;
/** Receipts arrive within this after the moment, the tolerance apart. */
export const RECEIPTS_MS_MAX = 120_000;
/** A step without any sign of progress for so long is given up: an agent that was killed has come back by then, or will not. */
export const STALL_MS_MAX = 300_000;

/** Phases in which a run is over. */
export function isOver(phase: Phase): boolean {
  return phase === "done" || phase === "failed";
}

/** The next state and what follows from it. Pure; an event that does not fit the phase changes nothing. */
export function step(run: Run, event: RunEvent): Stepped {
  if (isOver(run.phase)) return stay(run);
  switch (event.kind) {
    case "begin":
      return run.phase === "opening" ? enter(run, "opening") : stay(run);
    case "reported":
      return reported(run, event.side, event.report);
    case "answered":
      return answered(run, event);
    case "deadline":
      return event.phase === run.phase ? expired(run) : stay(run);
    case "cancel":
      return run.phase === "closing" || run.phase === "sealing" || run.phase === "giving-up"
        ? stay(run)
        : giveUp(run, { code: "released", message: `cancelled by ${event.by}`, evidence: [] });
    case "taken-over":
      return takenOver(run, event);
  }
}

function reported(run: Run, side: Side, report: Report): Stepped {
  if (report.kind === "progress") {
    const next = { ...run, progress: { ...run.progress, [side]: report.progress } };
    return { run: next, commands: stallDeadline(run.phase) };
  }
  if (report.kind === "ready" && run.phase === "sending" && run.address === null) {
    if (side !== DIRECTIONS[run.service.policy.direction].listens.side) return stay(run);
    return enter({ ...run, address: report.address }, "sending");
  }
  if (report.kind === "armed" && side === "source" && run.phase === "arming") {
    return withPin(enter(withIdentity(run, "source", report.identity), "armed"), run.source, report.identity);
  }
  return stay(run);
}

/**
 * What the agent before held of the run is gone with it: receipts, plan, digests. So the run stops, and the next one begins on what
 * is sealed. Only what ends a run goes on, by the new agent from what lies on the cluster: the seal, and the releases.
 */
function takenOver(run: Run, { side, agent, fingerprint }: RunEvent & { kind: "taken-over" }): Stepped {
  const { [side]: before } = run;
  const next: Run = { ...run, [side]: { ...before, agent, fingerprint } };
  if (run.phase === "sealing" || run.phase === "closing" || run.phase === "giving-up")
    return { run: next, commands: [] };
  const message = `${agent} took over from ${before.agent}, the agent of ${before.cluster} that had begun the run`;
  return giveUp(next, { code: "agent-lost", message, evidence: [] });
}

/**
 * The answers that a phase takes in. Any other is late or repeated and changes nothing, a failure included: a late failure during
 * `sealing` would otherwise void a point that the target may have sealed.
 */
function due(run: Run): readonly `${Step}/${Side}`[] {
  const { listens, dials } = DIRECTIONS[run.service.policy.direction];
  switch (run.phase) {
    case "opening":
      return ["open-holding/target"];
    case "arming":
    case "armed":
      return ["take-snapshots/source"];
    case "sending":
      return [`${listens.step}/${listens.side}`, `${dials.step}/${dials.side}`];
    case "verifying":
      return ["verify/target"];
    case "signing":
      return ["sign/source"];
    case "sealing":
      return ["seal/target"];
    default:
      return [];
  }
}

function answered(run: Run, { side, step, outcome, now }: RunEvent & { kind: "answered" }): Stepped {
  if (step === "release") return released(run, side, outcome);
  if (!due(run).includes(`${step}/${side}`)) return stay(run);
  if (!outcome.ok) return giveUp(run, outcome.failure);
  const { result } = outcome;
  if (result.step !== step) {
    const message = `the agent of ${run[side].cluster} answered ${step} with the result of ${result.step}`;
    return giveUp(run, { code: "protocol", message, evidence: [] });
  }
  switch (result.step) {
    case "open-holding":
      return opened(run, result.identity, now);
    case "take-snapshots":
      return taken(run, result);
    case "send-snapshots":
    case "serve-snapshots":
      return transferred({ ...run, sent: { manifest: result.manifest, moved: result.moved } });
    case "receive-snapshots":
    case "replicate-snapshots":
      return transferred({ ...run, received: { manifest: result.manifest, moved: result.moved } });
    case "verify":
      return enter(run, "signing");
    case "sign":
      return enter({ ...run, signature: result.signature }, "sealing");
    case "seal":
      return sealed(run, result.certificate);
    case "retire":
      return stay(run);
  }
}

function opened(run: Run, identity: ClusterIdentity, now: Instant): Stepped {
  const next = withIdentity(run, "target", identity);
  if (run.moment - now < ARMED_BEFORE_MS) return giveUp(next, tooNear(run, now));
  return withPin(enter(next, "arming"), run.target, identity);
}

type Taken = Extract<Result, { step: "take-snapshots" }>;

function taken(run: Run, result: Taken): Stepped {
  const grade = judge(result.receipts, run.moment, run.service.policy.tolerance, result.openFiles.kind);
  const identity = run.source.identity ?? result.identity ?? null;
  const next: Run = { ...run, source: { ...run.source, identity }, taken: result, grade };
  const refusal = refusalOf(next, result, grade);
  if (refusal || !identity) return giveUp(next, toFailure(refusal));
  return withPin(enter(next, "sending"), run.source, identity);
}

function transferred(run: Run): Stepped {
  const { sent, received } = run;
  if (!sent || !received) return { run, commands: stallDeadline("sending") };
  if (sent.manifest.sha256 !== received.manifest.sha256) {
    const message = `the source's manifest is ${sent.manifest.sha256}, the target's ${received.manifest.sha256}`;
    return giveUp(run, { code: "not-equal", message, evidence: [] });
  }
  return enter(run, "verifying");
}

function sealed(run: Run, certificate: Certificate): Stepped {
  const { run: next, commands } = enter({ ...run, certificate }, "closing");
  return { run: next, commands: [{ kind: "seal-point", certificate }, ...commands] };
}

/** A release that failed for good ends the run as well, with its reason: the agent keeps what it could not remove in its books. */
function released(run: Run, side: Side, outcome: Outcome): Stepped {
  if (run.phase !== "closing" && run.phase !== "giving-up") return stay(run);
  const cause = run.cause ?? (outcome.ok ? null : outcome.failure);
  const next: Run = { ...run, cause, released: { ...run.released, [side]: true } };
  if (!next.released.source || !next.released.target) return { run: next, commands: [] };
  return { run: { ...next, phase: run.phase === "closing" ? "done" : "failed" }, commands: [] };
}

function expired(run: Run): Stepped {
  switch (run.phase) {
    case "opening":
      return giveUp(run, {
        code: "agent-lost",
        message: `the agent of ${run.target.cluster} did not open the holding directory in time`,
        evidence: [],
      });
    case "arming":
      return giveUp(run, {
        code: "moment-too-near",
        message: `the agent of ${run.source.cluster} was not armed before the moment`,
        evidence: [],
      });
    case "armed":
      return giveUp(run, {
        code: "agent-lost",
        message: `no receipts came from the agent of ${run.source.cluster}`,
        evidence: [],
      });
    case "sealing":
    case "closing":
    case "giving-up":
      // Snapshots and staging stay accounted for until their agent answers: waiting is right, forgetting is not.
      return stay(run);
    default:
      return giveUp(run, {
        code: "stalled",
        message: `${run.phase}: no progress for ${STALL_MS_MAX / 1000} s`,
        evidence: [],
      });
  }
}

function giveUp(run: Run, cause: Failure): Stepped {
  return enter({ ...run, cause }, "giving-up");
}

/** Enters a phase: its instructions and its deadline. */
function enter(run: Run, phase: Phase): Stepped {
  const next: Run = { ...run, phase };
  return {
    run: next,
    commands: [
      ...instruct(next).map((instruction): Command => ({ kind: "instruct", instruction })),
      ...deadline(next),
    ],
  };
}

function deadline(run: Run): Command[] {
  switch (run.phase) {
    case "opening":
      return [{ kind: "deadline", phase: run.phase, afterMs: OPENING_MS_MAX }];
    case "arming":
      return [
        { kind: "deadline-at", phase: run.phase, at: run.moment + run.service.policy.tolerance.windowMs },
      ];
    case "armed":
      return [
        {
          kind: "deadline-at",
          phase: run.phase,
          at: run.moment + run.service.policy.tolerance.windowMs + RECEIPTS_MS_MAX,
        },
      ];
    default:
      return stallDeadline(run.phase);
  }
}

function stallDeadline(phase: Phase): Command[] {
  // Sealing is never given up: the target may have sealed already, and only its own answer can tell.
  const stalls: readonly Phase[] = ["sending", "verifying", "signing"];
  return stalls.includes(phase) ? [{ kind: "deadline", phase, afterMs: STALL_MS_MAX }] : [];
}

function withIdentity(run: Run, side: Side, identity: ClusterIdentity): Run {
  return { ...run, [side]: { ...run[side], identity } };
}

function withPin(stepped: Stepped, side: RunSide, identity: ClusterIdentity): Stepped {
  if (side.identity) return stepped;
  return {
    run: stepped.run,
    commands: [...stepped.commands, { kind: "pin", cluster: side.cluster, identity }],
  };
}

function tooNear(run: Run, now: Instant): Failure {
  const message = `${formatInstant(run.moment)} is ${Math.round(run.moment - now)} ms away and the source is not armed yet`;
  return toFailure(new CoevalError("moment-too-near", message));
}

function stay(run: Run): Stepped {
  return { run, commands: [] };
}
