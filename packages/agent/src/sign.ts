/** sign: the source's agent proves that the certificate says what it saw and sent itself, and signs it. */
import { CoevalError } from "@coeval/core/errors";
import { canonical, type Json } from "@coeval/core/model/canonical";
import { sourceBytes } from "@coeval/core/model/certificate";
import { formatInstant } from "@coeval/core/model/instant";
import { type Instruction, instructionId, type Result, type Step } from "@coeval/core/protect/instruction";
import { readInstruction } from "@coeval/store/agent/journal";
import type { Context, StepContext } from "./context.ts";

export async function sign(context: StepContext<"sign">): Promise<Result> {
  const { instruction, signer } = context;
  const { body } = instruction.order;
  const taken = await own(context, "take-snapshots");
  const sent = await own(context, "send-snapshots");
  if (
    taken.order.step !== "take-snapshots" ||
    taken.result.step !== "take-snapshots" ||
    sent.result.step !== "send-snapshots"
  ) {
    throw new CoevalError("defect", "the journal holds another step than its key says");
  }
  const { sets, moment } = taken.order;
  const ownSets = sets.map((set) => ({ name: set.name, source: set.path }));
  requireSame("run", body.run, instruction.run);
  requireSame("service", body.service, instruction.service);
  requireSame("epoch", body.epoch, instruction.epoch);
  requireSame("moment", body.moment, formatInstant(moment));
  requireSame(
    "dataSets",
    body.dataSets.map(({ name, source }) => ({ name, source })),
    ownSets,
  );
  requireSame("receipts", body.receipts, taken.result.receipts);
  requireSame("clock", body.clock, taken.result.clock);
  requireSame("openFiles", body.openFiles, {
    kind: taken.result.openFiles.kind,
    count: taken.result.openFiles.count,
  });
  requireSame("manifest", body.manifest, sent.result.manifest);
  requireSame("moved", body.moved, sent.result.moved);
  const signature = signer.sign(sourceBytes(body));
  return {
    step: "sign",
    signature: { agent: signer.agent, publicKey: signer.publicKey, chain: signer.chain, signature },
  };
}

async function own(context: Context, step: Step): Promise<{ order: Instruction["order"]; result: Result }> {
  const entry = await readInstruction(context.db, instructionId(context.instruction.run, step, "source"));
  if (!entry?.outcome?.ok)
    throw new CoevalError("protocol", `there is nothing to sign: ${step} was not done here`);
  return { order: entry.instruction.order, result: entry.outcome.result };
}

function requireSame(field: string, claimed: unknown, own: unknown): void {
  if (canonical(claimed as Json) === canonical(own as Json)) return;
  throw new CoevalError(
    "protocol",
    `the certificate's ${field} is not what this agent saw; it is not signed`,
  );
}
