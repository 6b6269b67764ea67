/** sign: the source's agent proves that the certificate says what it saw and sent itself, and signs it. */
import { CoevalError } from "@coeval/core/errors";
import { type CertificateBody, sourceBytes } from "@coeval/core/model/certificate";
import { formatInstant } from "@coeval/core/model/instant";
import { certifiedFilters, certifiedUncovered } from "@coeval/core/protect/certificate-body";
import { instructionId, type Order, type Result } from "@coeval/core/protect/instruction";
import { judge } from "@coeval/core/protect/snapshot";
import { readInstruction } from "@coeval/store/agent/journal";
import { proveChain, requireSame } from "./certified.ts";
import type { Context, StepContext } from "./context.ts";
import { manifestText } from "./run-lines.ts";
import { ownTransfer } from "./transfer/own-transfer.ts";

export async function sign(context: StepContext<"sign">): Promise<Result> {
  const { instruction, signer } = context;
  const { body } = instruction.order;
  const taken = await ownSnapshots(context);
  const sent = await ownTransfer(context.db, instruction.run, "source");
  if (!sent?.result)
    throw new CoevalError("protocol", "there is nothing to sign: nothing was sent from here");
  const { moment, sets, filters } = taken.order;
  const { openFiles } = taken.result;
  requireSame("run", body.run, instruction.run);
  requireSame("service", body.service, instruction.service);
  requireSame("epoch", body.epoch, instruction.epoch);
  requireSame("moment", body.moment, formatInstant(moment));
  requireSame("primary", body.primary, {
    cluster: instruction.cluster,
    identity: taken.result.identity ?? instruction.identity,
  });
  requireSame("secondary", body.secondary.cluster, sent.order.peer.cluster);
  requireSame(
    "dataSets",
    body.dataSets.map(({ name, source }) => ({ name, source })),
    sets.map((set) => ({ name: set.name, source: set.path })),
  );
  requireSame("filters", body.filters ?? null, certifiedFilters(filters).filters ?? null);
  requireSame(
    "uncovered",
    body.uncovered ?? null,
    certifiedUncovered(taken.order.uncovered ?? [], taken.result.appeared ?? []).uncovered ?? null,
  );
  requireSame("receipts", body.receipts, taken.result.receipts);
  requireSame("clock", body.clock, taken.result.clock);
  requireSame("openFiles", body.openFiles, { kind: openFiles.kind, count: openFiles.count });
  requireSame("grade", body.grade, gradeOf(body, moment));
  requireSame("manifest", body.manifest, sent.result.manifest);
  requireSame("moved", body.moved, sent.result.moved);
  await proveChain(context, sent.order.base, body.previous);
  const signature = signer.sign(sourceBytes(body));
  context.tell(`signed by ${signer.agent}: manifest ${manifestText(body.manifest)}`);
  return {
    step: "sign",
    signature: { agent: signer.agent, publicKey: signer.publicKey, chain: signer.chain, signature },
  };
}

/**
 * The grade that the receipts have under the tolerance that the certificate's own grade implies: how much is tolerated is the
 * policy's word, which only the control device knows; all the rest follows from what this agent saw.
 */
function gradeOf(body: CertificateBody, moment: number) {
  const { kind, windowMs, byMs } = body.grade;
  const toleratedMs = kind === "torn" ? windowMs - byMs : windowMs;
  const tolerance = { windowMs: toleratedMs, beyond: "mark", openFiles: "mark" } as const;
  return judge(body.receipts, moment, tolerance, body.openFiles.kind);
}

type Of<Kind extends { step: string }> = Extract<Kind, { step: "take-snapshots" }>;

async function ownSnapshots({ db, instruction }: Context): Promise<{ order: Of<Order>; result: Of<Result> }> {
  const entry = await readInstruction(db, instructionId(instruction.run, "take-snapshots", "source"));
  if (!entry?.outcome?.ok)
    throw new CoevalError("protocol", "there is nothing to sign: no snapshots were taken here");
  return { order: entry.instruction.order as Of<Order>, result: entry.outcome.result as Of<Result> };
}
