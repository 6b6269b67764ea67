/**
 * seal: the switch, proven by a listing of the whole live tree, then the snapshot that is the point, then the certificate.
 * Until the proof everything can be taken back; from there it only goes forward. A kill at any line goes on from the state on disk.
 */
import { CoevalError, type Failure, toFailure } from "@coeval/core/errors";
import { type Certificate, sourceBytes, targetBytes } from "@coeval/core/model/certificate";
import { formatInstant } from "@coeval/core/model/instant";
import { joinPath } from "@coeval/core/model/path";
import type { Holding, SealedSnapshot, SealRequest } from "@coeval/core/ports/target";
import { certifiedFilters } from "@coeval/core/protect/certificate-body";
import type { Result } from "@coeval/core/protect/instruction";
import type { Mismatch } from "@coeval/core/protect/verify";
import { readSwitch, writeSwitch } from "@coeval/store/agent/staging";
import { storeCertificate } from "./certificates.ts";
import { proveChain, requireSame } from "./certified.ts";
import type { Context, StepContext } from "./context.ts";
import { pointFile } from "./folders.ts";
import { proveIdentity } from "./identity.ts";
import { leaveJournal } from "./journal.ts";
import { noteDoubts } from "./late-effects.ts";
import { persist } from "./persist.ts";
import { holdingOfPoint } from "./points.ts";
import { compareLive, switchBack, switchForward, unlikeManifest } from "./switch.ts";
import { ownTransfer } from "./transfer/own-transfer.ts";
import { type Received, received } from "./verify.ts";

/** Attempts forward before it is taken back. */
const FORWARD_ATTEMPTS_MAX = 8;

export async function seal(context: StepContext<"seal">): Promise<Result> {
  const { db, instruction } = context;
  const { run } = instruction;
  if (!(await ownTransfer(db, run, "target"))?.result) return sealForAnother(context);
  const there = await received(context);
  const { holding } = there;
  await proveBody(context, there);
  const state = await readSwitch(db, run);
  if (state !== null)
    await persist(context, "noting doubts", Number.POSITIVE_INFINITY, () => noteDoubts(context));
  if (state === "back" || state === "undone") throw await takeBack(context, holding, context.note as Failure);
  if (state !== "committed") await goForward(context, holding);
  return sealAndCertify(context, holding, state !== "committed");
}

/**
 * Another agent of the cluster received the run and began to seal it. As long as its staging is there, the switch can be taken back,
 * which the release does. Without it the switch was proven and committed, and can only go forward: the live tree is the point.
 */
async function sealForAnother(context: StepContext<"seal">): Promise<Result> {
  const { world, instruction, target, cancel } = context;
  const { run, service, identity, cluster, order } = instruction;
  const { body, previous } = order;
  await persist(context, "proving", Number.POSITIVE_INFINITY, () =>
    proveIdentity(target, identity, cluster, cancel),
  );
  requireSame("run", body.run, run);
  requireSame("service", body.service, service);
  requireSame("epoch", body.epoch, instruction.epoch);
  requireSame("secondary", body.secondary.cluster, cluster);
  requireSame("previous", body.previous?.point ?? null, previous);
  const holding = holdingOfPoint(body);
  const left = await persist(context, "looking", Number.POSITIVE_INFINITY, () =>
    target.left(holding, cancel),
  );
  if (left !== "nothing")
    throw new CoevalError("agent-lost", "the agent that began the seal is gone; what it began is taken back");
  await persist(context, "waiting for the manifest", Number.POSITIVE_INFINITY, async () => {
    if ((await world.files.size(pointFile(service, run, "manifest"))) !== null) return;
    throw new CoevalError("agent-not-ready", `the manifest of ${run} was not copied here yet`);
  });
  const mismatches = await persist(context, "comparing", Number.POSITIVE_INFINITY, () =>
    compareLive(context, holding),
  );
  if (mismatches.length > 0) throw differing(mismatches);
  return sealAndCertify(context, holding, false);
}

async function sealAndCertify(
  context: StepContext<"seal">,
  holding: Holding,
  untried: boolean,
): Promise<Result> {
  const { instruction, target, cancel, world } = context;
  const { order, run, service } = instruction;
  const { body } = order;
  let attempts = 0;
  const sealed = await persist(context, "sealing", Number.POSITIVE_INFINITY, sealOnce, mayBeMended);

  async function sealOnce(): Promise<SealedSnapshot> {
    const first = ++attempts === 1 && untried;
    await target.clear(holding, cancel);
    const sentMs = world.clock.elapsedMs();
    const point: SealRequest = {
      point: body.point,
      previous: order.previous,
      unlike: (signal) => unlikeManifest(context, holding, signal),
    };
    const done = await target.seal(holding, point, cancel);
    // Tried before, the snapshot may have been there already: its stamp tells nothing of now.
    if (first) context.clusterClock.stamped(done.clusterStampMs, sentMs, world.clock.elapsedMs());
    return done;
  }

  const stamp = sealed.clusterStampMs;
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
  // The point is sealed: a full disk of our own must not make the run give it up.
  await persist(context, "keeping the certificate", Number.POSITIVE_INFINITY, () =>
    storeCertificate(context.world, service, run, certificate),
  );
  context.tell(
    `sealed as snapshot ${sealed.snapshotName}${stamp === null ? "" : `, by the cluster's stamp at ${formatInstant(stamp)}`}`,
  );
  return { step: "seal", certificate };
}

/**
 * The switch is proven and can be taken back no more: given up now, the tree would be ahead of its point for good, and every later run a
 * conflict. A right, a quota, a limit can be put in order meanwhile; who wrote behind our back is for a person to find out.
 */
function mayBeMended(thrown: unknown): boolean {
  const { code } = toFailure(thrown);
  return code !== "conflict" && code !== "base-mismatch";
}

/** Everything that the certificate says of this side, and that the source's agent has signed it. @throws CoevalError `protocol`. */
async function proveBody(context: StepContext<"seal">, there: Received): Promise<void> {
  const { instruction, target, cancel, world } = context;
  const { body, source, previous } = instruction.order;
  const { directory, sets, filters } = there.opening;
  const { peer, base } = there.order;
  const identity = await persist(context, "proving", Number.POSITIVE_INFINITY, () =>
    proveIdentity(target, instruction.identity, instruction.cluster, cancel),
  );
  requireSame("run", body.run, instruction.run);
  requireSame("service", body.service, instruction.service);
  requireSame("epoch", body.epoch, instruction.epoch);
  requireSame("primary", body.primary.cluster, peer.cluster);
  requireSame("secondary", body.secondary, { cluster: instruction.cluster, identity, directory });
  requireSame(
    "dataSets",
    body.dataSets.map(({ name, target: place }) => ({ name, target: place })),
    sets.map(({ name, relative }) => ({ name, target: joinPath(directory, relative) })),
  );
  requireSame("filters", body.filters ?? null, certifiedFilters(filters).filters ?? null);
  requireSame("manifest", body.manifest, there.result.manifest);
  requireSame("moved", body.moved, there.result.moved);
  requireSame("previous", body.previous?.point ?? null, previous);
  await proveChain(context, base, body.previous);
  if (
    source.agent !== peer.agent ||
    !world.signatures.verify(source.publicKey, sourceBytes(body), source.signature)
  )
    throw new CoevalError("protocol", `the certificate was not signed by ${peer.agent} of ${peer.cluster}`);
}

async function goForward(context: StepContext<"seal">, holding: Holding): Promise<void> {
  const { db, instruction } = context;
  await persist(context, "writing the journal", Number.POSITIVE_INFINITY, () =>
    leaveJournal(context, holding),
  );
  await writeSwitch(db, instruction.run, "forward");
  try {
    await persist(
      context,
      "switching",
      FORWARD_ATTEMPTS_MAX,
      inDoubtAfterwards(context, () => switchForward(context, holding)),
    );
    const mismatches = await persist(context, "comparing", FORWARD_ATTEMPTS_MAX, () =>
      compareLive(context, holding),
    );
    if (mismatches.length > 0) throw differing(mismatches);
  } catch (thrown) {
    context.cancel.throwIfAborted();
    const failure = toFailure(thrown);
    await context.saveNote(failure);
    context.tell(`the switch is taken back: ${failure.message}`);
    throw await takeBack(context, holding, failure);
  }
  await writeSwitch(db, instruction.run, "committed");
  context.tell("the switch is done, and proven by a listing of the whole live tree");
}

function differing(mismatches: readonly Mismatch[]): CoevalError {
  const evidence = mismatches.map((one) => `${one.set}/${one.path}: ${one.what}`);
  return new CoevalError("not-equal", `the live tree differs from the manifest at ${evidence[0]}`, {
    evidence,
  });
}

/** Takes the switch back, and returns the failure that made it necessary. */
async function takeBack(
  context: StepContext<"seal">,
  holding: Holding,
  failure: Failure,
): Promise<CoevalError> {
  const { db, instruction } = context;
  await writeSwitch(db, instruction.run, "back");
  await persist(
    context,
    "taking back",
    Number.POSITIVE_INFINITY,
    inDoubtAfterwards(context, () => switchBack(context, holding)),
  );
  await writeSwitch(db, instruction.run, "undone");
  return new CoevalError(failure.code, failure.message, { evidence: failure.evidence });
}

/** A step that fails may have an effect later on: its request was sent. */
function inDoubtAfterwards(context: Context, work: () => Promise<void>): () => Promise<void> {
  return async () => {
    try {
      await work();
    } catch (thrown) {
      await noteDoubts(context);
      throw thrown;
    }
  };
}
