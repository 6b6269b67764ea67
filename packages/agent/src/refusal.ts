/** Why an instruction must not take effect here: addressed or made up wrongly, of another epoch, of a run that is over, beyond the limits. */
import { CoevalError, type Failure, toFailure } from "@coeval/core/errors";
import { judgeEpoch, type Role } from "@coeval/core/model/role";
import { type Instruction, instructionId, type Step } from "@coeval/core/protect/instruction";
import { isEnded } from "@coeval/store/agent/runs";
import type { AgentDatabase } from "@coeval/store/agent/tables";
import { readTenure } from "@coeval/store/agent/tenures";
import { checkLimits, type Limits } from "./limits.ts";

/** Steps that only one role carries out. */
const ROLE_OF: Readonly<Partial<Record<Step, Role>>> = {
  "take-snapshots": "primary",
  "send-snapshots": "primary",
  "serve-snapshots": "primary",
  sign: "primary",
  "open-holding": "secondary",
  "receive-snapshots": "secondary",
  "replicate-snapshots": "secondary",
  verify: "secondary",
  seal: "secondary",
};

/** The refusal of an instruction that is not journaled yet; null when it may take effect. */
export async function refusalOf(
  db: AgentDatabase,
  cluster: string,
  limits: Limits,
  instruction: Instruction,
): Promise<Failure | null> {
  try {
    checkForm(cluster, instruction);
    if (instruction.order.step !== "release" && (await isEnded(db, instruction.run)))
      throw new CoevalError("released", `the run ${instruction.run} is over`);
    await checkEpoch(db, instruction);
    checkLimits(limits, instruction);
    return null;
  } catch (thrown) {
    return toFailure(thrown);
  }
}

/** Answers are found again by their identity, so it must say what the instruction is. */
function checkForm(cluster: string, { id, run, role, order, ...instruction }: Instruction): void {
  if (instruction.cluster !== cluster) {
    throw new CoevalError("beyond-limits", `this agent stands beside ${cluster}, not ${instruction.cluster}`);
  }
  const due = instructionId(run, order.step, role === "primary" ? "source" : "target");
  if (id !== due) throw new CoevalError("protocol", `an instruction ${id} that should be named ${due}`);
  const wanted = ROLE_OF[order.step];
  if (wanted && wanted !== role)
    throw new CoevalError("protocol", `${order.step} is for the ${wanted}, not the ${role}`);
}

async function checkEpoch(db: AgentDatabase, { service, role, epoch }: Instruction): Promise<void> {
  const tenure = await readTenure(db, service);
  const stored = tenure?.epoch ?? 0;
  const verdict = judgeEpoch(stored, epoch);
  if (verdict === "next" || (verdict === "same" && tenure?.role === role)) return;
  const had = tenure ? `${tenure.role} in epoch ${stored}` : "unknown here";
  throw new CoevalError("epoch", `${service} is ${had}; ${role} in epoch ${epoch} was instructed`);
}
