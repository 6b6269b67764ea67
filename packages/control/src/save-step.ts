/** Stores what a step of a run decided: state, instructions, point, pin, deadline, events and audit rows, all in the given transaction. */
import { CoevalError, toFailure } from "@coeval/core/errors";
import { certificateSha256 } from "@coeval/core/model/certificate";
import { formatInstant } from "@coeval/core/model/instant";
import type { RunLine } from "@coeval/core/model/run-line";
import type { Hash } from "@coeval/core/ports/hash";
import type { Outcome } from "@coeval/core/protect/instruction";
import { type Command, isOver, type Run, type RunEvent, type Stepped } from "@coeval/core/protect/run";
import { clusterPin } from "@coeval/store/control/cluster-pin";
import { instructionAdd } from "@coeval/store/control/instruction-add";
import { instructionAnswer } from "@coeval/store/control/instruction-answer";
import { instructionForget } from "@coeval/store/control/instruction-forget";
import { instructionWithdraw } from "@coeval/store/control/instruction-withdraw";
import { pointAdd } from "@coeval/store/control/point-add";
import { runPut } from "@coeval/store/control/run-put";
import type { RunDeadline } from "@coeval/store/control/run-row";
import type { Tx } from "./records.ts";

/** The answer that led to the step. */
export interface Answer {
  readonly instruction: string;
  readonly outcome: Outcome;
  /** The agent, as it stands in the audit log. */
  readonly who: string;
}

/**
 * @param before null when the run is new.
 * @param why the answer that led to it, and lines of the agent's for the run's log.
 * @returns false when the answer's instruction is not open any more: then nothing was stored and nothing may follow.
 * @throws CoevalError `cluster-identity` when a cluster is pinned as another one.
 */
export async function saveStep(
  tx: Tx,
  hash: Hash,
  before: Run | null,
  stepped: Stepped,
  { answer, lines = [] }: { readonly answer?: Answer; readonly lines?: readonly RunLine[] },
): Promise<boolean> {
  const { run, commands } = stepped;
  if (answer) {
    const { instruction, outcome, who } = answer;
    if (!(await instructionAnswer(tx.trx, instruction, outcome))) return false;
    const details = outcome.ok ? { ok: true } : { ok: false, code: outcome.failure.code };
    await tx.audit(who, "instruction.answer", `instruction/${instruction}`, details);
  }
  // What was ordered before the run was given up is not waited for: only the releases are.
  if (run.phase === "giving-up" && before?.phase !== "giving-up") await instructionWithdraw(tx.trx, run.id);
  await runPut(tx.trx, run, deadlineOf(before, stepped), tx.now);
  for (const command of commands) await saveCommand(tx, hash, run, command);
  if (isOver(run.phase)) await instructionForget(tx.trx, run.id);
  for (const { at, text } of lines) await tx.log(run.id, text, at);
  await tell(tx, before, run);
  return true;
}

/** A cluster that proves to be another one than pinned meanwhile: the run hears of it as of a failure of that side. Null for any other failure. */
export function refusedPin(event: RunEvent, thrown: unknown): RunEvent | null {
  if (!(thrown instanceof CoevalError) || thrown.code !== "cluster-identity") return null;
  if (event.kind !== "reported" && event.kind !== "answered") return null;
  const { side, now } = event;
  const step = side === "source" ? "take-snapshots" : "open-holding";
  return { kind: "answered", side, step, outcome: { ok: false, failure: toFailure(thrown) }, now };
}

/** The deadline that holds from now on: a new one, none in a new phase, else the one that stands (`keep`). */
export function deadlineOf(before: Run | null, { run, commands }: Stepped): RunDeadline | null | "keep" {
  const last = commands.findLast(
    (command): command is RunDeadline => command.kind === "deadline" || command.kind === "deadline-at",
  );
  return last ?? (before?.phase === run.phase ? "keep" : null);
}

async function saveCommand(tx: Tx, hash: Hash, run: Run, command: Command): Promise<void> {
  switch (command.kind) {
    case "instruct": {
      const { instruction } = command;
      await instructionAdd(tx.trx, instruction);
      const { cluster, order } = instruction;
      return tx.audit("control", "instruction.give", `instruction/${instruction.id}`, {
        cluster,
        step: order.step,
      });
    }
    case "pin": {
      const { cluster, identity } = command;
      if (!(await clusterPin(tx.trx, cluster, identity))) return;
      await tx.event("cluster", `cluster/${cluster}`, { pinned: identity.clusterId });
      return tx.audit("control", "cluster.pin", `cluster/${cluster}`, { ...identity });
    }
    case "seal-point":
      return savePoint(tx, hash, run, command.certificate);
    case "deadline":
    case "deadline-at":
      return;
  }
}

async function savePoint(
  tx: Tx,
  hash: Hash,
  run: Run,
  certificate: Extract<Command, { kind: "seal-point" }>["certificate"],
): Promise<void> {
  const sha256 = certificateSha256(hash, certificate);
  await pointAdd(tx.trx, {
    id: run.point,
    service: run.service.name,
    run: run.id,
    moment: run.moment,
    sealedAt: tx.now,
    grade: certificate.body.grade,
    certificate,
    certificateSha256: sha256,
    label: run.label,
  });
  const details = { service: run.service.name, moment: formatInstant(run.moment), certificateSha256: sha256 };
  await tx.audit("control", "point.seal", `point/${run.point}`, details);
  await tx.event("point", `point/${run.point}`, { service: run.service.name });
}

async function tell(tx: Tx, before: Run | null, run: Run): Promise<void> {
  const service = run.service.name;
  await tx.event("run", `run/${run.id}`, { service, phase: run.phase });
  if (run.cause && !before?.cause) {
    const { code, message } = run.cause;
    await tx.log(
      run.id,
      `${run.phase === "giving-up" ? "given up" : "not all was released"}: ${code}: ${message}`,
    );
  }
  if (run.grade && !before?.grade) {
    const { kind, windowMs, spreadMs } = run.grade;
    await tx.log(run.id, `the moment is ${kind}: within ${windowMs} ms, spread ${spreadMs} ms`);
  }
  if (run.phase !== before?.phase) await tx.log(run.id, `entered ${run.phase}`);
}
