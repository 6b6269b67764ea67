/**
 * seal: the switch, proven by a listing of the whole live tree, then the snapshot that is the point, then the certificate.
 * Until the proof everything can be taken back; from there it only goes forward. A kill at any line goes on from the state on disk.
 */
import { CoevalError, type Failure, toFailure } from "@coeval/core/errors";
import { type Certificate, targetBytes } from "@coeval/core/model/certificate";
import type { Holding } from "@coeval/core/ports/target";
import type { Result } from "@coeval/core/protect/instruction";
import { readSwitch, writeSwitch } from "@coeval/store/agent/staging";
import { storeCertificate } from "./certificates.ts";
import type { StepContext } from "./context.ts";
import { persist } from "./persist.ts";
import { compareLive, switchBack, switchForward } from "./switch.ts";
import { received } from "./verify.ts";

/** Attempts forward before it is taken back. */
const FORWARD_ATTEMPTS_MAX = 8;

export async function seal(context: StepContext<"seal">): Promise<Result> {
  const { db, instruction, target, cancel } = context;
  const { order, run, service } = instruction;
  const { holding, result } = await received(context);
  const { body } = order;
  if (body.run !== run || body.service !== service || body.manifest.sha256 !== result.manifest.sha256) {
    throw new CoevalError("protocol", "the certificate is not of what was received");
  }
  const state = await readSwitch(db, run);
  if (state === "back" || state === "undone") throw await takeBack(context, holding, context.note as Failure);
  if (state !== "committed") await goForward(context, holding);
  const sealed = await persist(context, "sealing", Number.POSITIVE_INFINITY, async () => {
    await target.clear(holding, cancel);
    return target.seal(holding, { point: body.point, previous: order.previous }, cancel);
  });
  const unsigned = {
    body,
    source: order.source,
    sealed: { snapshotName: sealed.snapshotName, clusterStamp: sealed.clusterStampMs },
  };
  const { signer } = context;
  const signature = signer.sign(targetBytes(unsigned));
  const certificate: Certificate = {
    ...unsigned,
    target: { agent: signer.agent, publicKey: signer.publicKey, chain: signer.chain, signature },
  };
  await storeCertificate(context.world, service, run, certificate);
  return { step: "seal", certificate };
}

async function goForward(context: StepContext<"seal">, holding: Holding): Promise<void> {
  const { db, instruction } = context;
  await writeSwitch(db, instruction.run, "forward");
  try {
    await persist(context, "switching", FORWARD_ATTEMPTS_MAX, () => switchForward(context, holding));
    const mismatches = await persist(context, "comparing", FORWARD_ATTEMPTS_MAX, () =>
      compareLive(context, holding),
    );
    const [first] = mismatches;
    if (first) {
      const evidence = mismatches.map((one) => `${one.set}/${one.path}: ${one.what}`);
      throw new CoevalError("not-equal", `the live tree differs from the manifest at ${evidence[0]}`, {
        evidence,
      });
    }
  } catch (thrown) {
    context.cancel.throwIfAborted();
    const failure = toFailure(thrown);
    await context.saveNote(failure);
    throw await takeBack(context, holding, failure);
  }
  await writeSwitch(db, instruction.run, "committed");
}

/** Takes the switch back, and returns the failure that made it necessary. */
async function takeBack(
  context: StepContext<"seal">,
  holding: Holding,
  failure: Failure,
): Promise<CoevalError> {
  const { db, instruction } = context;
  await writeSwitch(db, instruction.run, "back");
  await persist(context, "taking back", Number.POSITIVE_INFINITY, () => switchBack(context, holding));
  await writeSwitch(db, instruction.run, "undone");
  return new CoevalError(failure.code, failure.message, { evidence: failure.evidence });
}
