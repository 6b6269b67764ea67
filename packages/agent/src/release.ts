/**
 * release: the run ends here. On the source the snapshot becomes the base and what is older goes, oldest first; after a failure it is
 * void and waits until it is the oldest, since deleting out of order can corrupt a NameNode (HDFS-16972, semantics.md).
 * On the target, after a failure, switch and staging are taken back.
 */
import type { ErrorCode } from "@coeval/core/errors";
import type { Prepared } from "@coeval/core/ports/source";
import type { Holding } from "@coeval/core/ports/target";
import { snapshotPrefix } from "@coeval/core/protect/instruct";
import type { HoldingPlace, Outcome, Result, SetPlace } from "@coeval/core/protect/instruction";
import { isEnded } from "@coeval/store/agent/runs";
import { forgetSnapshot, listSnapshots, markSnapshot, type OwnSnapshot } from "@coeval/store/agent/snapshots";
import { forgetStaged, readSwitch, writeSwitch } from "@coeval/store/agent/staging";
import { adoptSnapshots } from "./adopt.ts";
import { readCertificate, storeCertificate } from "./certificates.ts";
import type { Context, StepContext } from "./context.ts";
import { pointFolder, runFolder } from "./folders.ts";
import { holdingOf, readOpening, setsGone } from "./holding.ts";
import { proveIdentity } from "./identity.ts";
import { noteDoubts } from "./late-effects.ts";
import { persist } from "./persist.ts";
import { bringJournal } from "./journal.ts";
import { requirePrefix } from "./limits.ts";
import { forgetOlder } from "./older-points.ts";
import { switchBack } from "./switch.ts";
import { ownTransfer } from "./transfer/own-transfer.ts";

/** Void snapshots that may wait behind the base; one more, and all go, the base with them (the manifest still tells the changes). */
const VOID_SNAPSHOTS_MAX = 4;

/** Refusals before anything was made. */
const AT_THE_DOOR: readonly ErrorCode[] = ["beyond-limits", "epoch", "foreign-data", "cluster-identity"];

export async function release(context: StepContext<"release">): Promise<Result> {
  const { instruction } = context;
  const { order, run, service } = instruction;
  const component = instruction.role === "primary" ? context.source : context.target;
  // Whatever becomes of the snapshots, the chain goes on from this certificate.
  const { certificate } = order;
  if (certificate && instruction.role === "primary") {
    await persist(context, "keeping the certificate", Number.POSITIVE_INFINITY, () =>
      storeCertificate(context.world, service, run, certificate),
    );
  }
  await persist(context, "releasing", Number.POSITIVE_INFINITY, async () => {
    await proveIdentity(component, instruction.identity, instruction.cluster, context.cancel);
    await (instruction.role === "primary" ? releaseSource(context) : releaseTarget(context));
  });
  return { step: "release" };
}

async function releaseSource(context: StepContext<"release">): Promise<void> {
  const { db, instruction, world } = context;
  const { order, run, service } = instruction;
  await world.files.remove(runFolder(run));
  await adoptSnapshots(context);
  if (order.outcome === "sealed") {
    await markSnapshot(db, run, "base");
    context.tell("its snapshots are the base of the next run");
    await releaseOldest(context, (snapshot) => snapshot.run !== run);
    await releaseLate(context);
    // The bases before the new one are needed no more on the source; their certificates stay.
    await forgetOlder(world, service, run);
  } else {
    await markSnapshot(db, run, "void");
    context.tell("its snapshots, if any were taken, are void and go as soon as they are the oldest");
    await world.files.remove(pointFolder(service, run));
    const voids = (await listSnapshots(db, service)).filter((snapshot) => snapshot.state === "void").length;
    await releaseOldest(context, (snapshot) => voids > VOID_SNAPSHOTS_MAX || snapshot.state === "void");
  }
}

/** Deletes from the oldest on, for as long as the next one may go. */
async function releaseOldest(context: Context, mayGo: (snapshot: OwnSnapshot) => boolean): Promise<void> {
  const { db, instruction, source, cancel, world, tell } = context;
  const snapshots = await listSnapshots(db, instruction.service);
  for (const [index, snapshot] of snapshots.entries()) {
    if (!mayGo(snapshot)) return;
    // Of those that stay only a base is sure to exist: a void one may never have been taken.
    const keep: Prepared | null =
      snapshots.slice(index + 1).find(({ state }) => state === "base")?.prepared ?? null;
    await source.release(snapshot.prepared, keep, cancel);
    await forgetSnapshot(db, snapshot.run);
    world.log.info("snapshot released", { run: snapshot.run, name: snapshot.prepared.snapshotName });
    tell(`snapshot ${snapshot.prepared.snapshotName} deleted`);
  }
}

/**
 * A request for a snapshot may reach the NameNode long after its process died: when its run was released and the snapshot, not there yet,
 * counted as gone. Such a one lies before the new base now, with nothing older left, and our own books know its run as over.
 */
async function releaseLate({ db, instruction, source, cancel, world }: Context): Promise<void> {
  const prefix = snapshotPrefix(instruction.service);
  const [base] = await listSnapshots(db, instruction.service);
  for (const root of base?.prepared.roots ?? []) {
    for (const name of await source.snapshots(root.root, prefix, cancel)) {
      if (name === base?.prepared.snapshotName) break;
      if (!base || !(await isEnded(db, name.slice(prefix.length)))) continue;
      world.log.warn("late snapshot released", { root: root.root, name });
      await source.release({ ...base.prepared, snapshotName: name, roots: [root] }, base.prepared, cancel);
    }
  }
}

async function releaseTarget(context: StepContext<"release">): Promise<void> {
  const { db, instruction, world, target, cancel } = context;
  const { order, run, service } = instruction;
  const opening = await readOpening(db, run);
  const state = await readSwitch(db, run);
  if (order.outcome === "void" && state !== "committed" && opening) {
    const holding = await holdingOf(context, instruction, opening.order);
    if (state === "forward" || state === "back") {
      await noteDoubts(context);
      await writeSwitch(db, run, "back");
      await switchBack(context, holding);
      context.tell("the switch was taken back");
      await writeSwitch(db, run, "undone");
    }
    // What was refused at the door was never touched, and is not ours to touch now.
    const transfer = await ownTransfer(db, run, "target");
    if (![opening.outcome, transfer?.outcome].some(atTheDoor)) {
      await target.clear(holding, cancel);
      context.tell("staging is cleared, the live tree is as the point before left it");
    }
    await world.files.remove(pointFolder(service, run));
  }
  if (!opening && order.outcome === "void") await releaseForAnother(context);
  await forgetStaged(db, run);
  await world.files.remove(runFolder(run));
}

/** This agent knows nothing of the run: another one of the cluster had it. What is left of it lies on the cluster, under the run's name. */
async function releaseForAnother(context: StepContext<"release">): Promise<void> {
  const { instruction, target, cancel, limits, world } = context;
  const { run, service, order } = instruction;
  const { directory, sets, base } = order.holding;
  requirePrefix(limits.writePrefixes, directory, "write", "write");
  const holding: Holding = {
    service,
    directory,
    run,
    sets: [...sets, ...(await goneSets(context, order.holding))],
    basePoint: base?.point ?? null,
  };
  await world.files.remove(pointFolder(service, run));
  const left = await target.left(holding, cancel);
  if (left === "nothing") return;
  if (left === "switching") {
    await bringJournal(context, holding);
    await noteDoubts(context);
    await switchBack(context, holding);
  }
  await target.clear(holding, cancel);
}

/** Data sets of the base that the run had not any more: the base's certificate says where they lie. */
async function goneSets(
  { world, instruction }: Context,
  { directory, sets, base }: HoldingPlace,
): Promise<readonly SetPlace[]> {
  const certificate = base && (await readCertificate(world, instruction.service, base.run));
  return certificate ? setsGone(certificate.body, directory, sets) : [];
}

function atTheDoor(outcome: Outcome | null | undefined): boolean {
  return outcome?.ok === false && AT_THE_DOOR.includes(outcome.failure.code);
}
