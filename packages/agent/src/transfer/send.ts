/**
 * The source's end of a transfer: send-snapshots dials and sends, serve-snapshots is dialled and sends. The plan is made once and kept
 * on disk; on each stream the peer is sent what it does not have yet, until both hold the same manifest.
 */
import { CoevalError } from "@coeval/core/errors";
import type { ManifestSummary, MovedSummary } from "@coeval/core/model/certificate";
import { applyChanges } from "@coeval/core/protect/apply";
import { instructionId, type Result } from "@coeval/core/protect/instruction";
import type { Change } from "@coeval/core/protect/transfer";
import { readInstruction } from "@coeval/store/agent/journal";
import type { StepContext } from "../context.ts";
import { pointFile, runFile } from "../folders.ts";
import { createMeter } from "../progress.ts";
import { countOf, movedText } from "../run-lines.ts";
import type { SnapshotNote } from "../snapshot.ts";
import { awaitPeer } from "./await-peer.ts";
import { shareOf } from "./capacity.ts";
import { dialPeer } from "./dial-peer.ts";
import { type FileDigest, isContent } from "./file-digest.ts";
import { readBase, readValues, summaryOf, writeManifest, writeValues } from "./files.ts";
import { makePlan, type OwnSnapshots } from "./plan.ts";
import { type Counting, createSendSession, type SendSession } from "./send-session.ts";
import type { Sends, TransferWork } from "./work.ts";

export async function sendSnapshots(context: StepContext<"send-snapshots">): Promise<Result> {
  return dialPeer(context, await sending(context));
}

export async function serveSnapshots(context: StepContext<"serve-snapshots">): Promise<Result> {
  return awaitPeer(context, await sending(context));
}

async function sending(context: StepContext<Sends>): Promise<TransferWork> {
  const { world, instruction } = context;
  const own = await ownSnapshots(context);
  const { note } = own;
  const meter = createMeter(world.clock, context.report);
  meter.start("listing", null, null);
  const moved = await makePlan(context, own, () => meter.count(1, 0));
  const { base, peer } = instruction.order;
  context.tell(`plan ${base ? `on ${base.point}` : "of a full copy"}: ${movedText(moved)}`);
  const share = shareOf(context);
  const manifestHere = () => summaryOf(world, pointFile(instruction.service, instruction.run, "manifest"));
  return {
    async converse(given, progressed) {
      const channel = share.over(given);
      let here = 0;
      const counting: Counting = {
        had(bytes) {
          here++;
          meter.count(1, bytes);
        },
        moved: (bytes) => meter.count(0, bytes),
        sent() {
          progressed();
          meter.count(1, 0);
        },
      };
      const session = createSendSession({ context, note, channel, counting });
      const giveBack = await share.slot(AbortSignal.any([context.cancel, session.over]));
      try {
        meter.start(share.doing("sending"), moved.files, moved.bytes);
        context.tell(`sending to ${peer.cluster}`);
        const manifest = await sendOver(context, session, moved);
        const resumed = here === 0 ? "" : `, ${countOf(here, "file")} there already from an earlier stream`;
        context.tell(`all is at ${peer.cluster}, both hold the same manifest${resumed}`);
        return { manifest: manifest ?? (await manifestHere()), moved };
      } finally {
        giveBack();
      }
    },
    recall: async () => ({ manifest: await manifestHere(), moved }),
  };
}

/** The conversation on one stream; null when the peer held everything already. */
async function sendOver(
  context: StepContext<Sends>,
  session: SendSession,
  moved: MovedSummary,
): Promise<ManifestSummary | null> {
  const { world, instruction } = context;
  const { run, service } = instruction;
  try {
    if ((await session.plan(moved)) === "finished") return null;
    const plan = () => readValues<Change>(world, runFile(run, "plan"));
    await writeValues(world, runFile(run, "hashes"), session.files(plan()));
    const changes = runFile(run, "changes");
    await writeValues(
      world,
      changes,
      withDigests(plan(), readValues<FileDigest>(world, runFile(run, "hashes"))),
    );
    await sendChanges(session, readValues<Change>(world, changes));
    const manifest = await writeManifest(
      world,
      pointFile(service, run, "manifest"),
      applyChanges(readBase(world, service, instruction.order.base), readValues<Change>(world, changes)),
    );
    await session.finish(manifest);
    return manifest;
  } catch (thrown) {
    throw await session.reason(thrown);
  }
}

async function* withDigests(
  changes: AsyncIterable<Change>,
  digests: AsyncGenerator<FileDigest>,
): AsyncGenerator<Change> {
  try {
    for await (const change of changes) {
      if (isContent(change)) {
        const digest = await digests.next();
        if (digest.done || digest.value.number !== change.number)
          throw new RangeError(`no digest of change ${change.number}`);
        yield { ...change, entry: { ...change.entry, sha256: digest.value.sha256 } };
      } else if (change.kind === "attributes" && change.before.sha256 !== undefined) {
        yield { ...change, entry: { ...change.entry, sha256: change.before.sha256 } };
      } else yield change;
    }
  } finally {
    await digests.return(undefined);
  }
}

async function sendChanges(session: SendSession, changes: AsyncIterable<Change>): Promise<void> {
  for await (const change of changes) await session.change(change);
  await session.flushChanges();
}

async function ownSnapshots(context: StepContext<Sends>): Promise<OwnSnapshots> {
  const taken = await readInstruction(
    context.db,
    instructionId(context.instruction.run, "take-snapshots", "source"),
  );
  const order = taken?.instruction.order;
  if (!taken?.outcome?.ok || order?.step !== "take-snapshots")
    throw new CoevalError(
      "protocol",
      `${context.instruction.order.step} came before its snapshots were taken`,
    );
  return { note: taken.note as SnapshotNote, filters: order.filters };
}
