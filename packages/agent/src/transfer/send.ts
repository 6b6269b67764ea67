/**
 * send-snapshots: the plan is made once and kept on disk; then the peer is connected and sent what it does not have yet,
 * again after every break, until both hold the same manifest.
 */
import { CoevalError, type ErrorCode, explain } from "@coeval/core/errors";
import type { ManifestSummary, MovedSummary } from "@coeval/core/model/certificate";
import { applyChanges } from "@coeval/core/protect/apply";
import { instructionId, type Result } from "@coeval/core/protect/instruction";
import type { Change } from "@coeval/core/protect/transfer";
import { readInstruction } from "@coeval/store/agent/journal";
import type { StepContext } from "../context.ts";
import { pointFile, runFile } from "../folders.ts";
import { createMeter } from "../progress.ts";
import type { SnapshotNote } from "../snapshot.ts";
import { type FileDigest, isContent } from "./file-digest.ts";
import { readBase, readValues, summaryOf, writeManifest, writeValues } from "./files.ts";
import { makePlan } from "./plan.ts";
import { type Counting, openSession, type SendSession } from "./send-session.ts";

/** Breaks in a row without a single file in between, after which it is given up: about five minutes, for an agent to be started again. */
const BREAKS_MAX = 60;
/** Failures of the other kinds in a row: trying again may help, waiting does not. */
const FAILURES_MAX = 3;
/** What waiting mends. */
const BREAKS: readonly ErrorCode[] = ["unreachable", "internal-stop", "cluster-unreachable", "safe-mode"];
/** What a person must mend first. */
const HOPELESS: readonly ErrorCode[] = ["secondary-full", "quota-exceeded"];
const BACKOFF_MS_MIN = 200;
const BACKOFF_MS_MAX = 5000;

export async function sendSnapshots(context: StepContext<"send-snapshots">): Promise<Result> {
  const note = await snapshotNote(context);
  const meter = createMeter(context.world.clock, context.report);
  meter.start("listing", null, null);
  const moved = await makePlan(context, note, () => meter.count(1, 0));
  let breaks = 0;
  for (;;) {
    meter.start("sending", moved.files, moved.bytes);
    try {
      const manifest = await sendOnce(context, note, moved, {
        had: (bytes) => meter.count(1, bytes),
        moved: (bytes) => meter.count(0, bytes),
        sent() {
          breaks = 0;
          meter.count(1, 0);
        },
      });
      return { step: "send-snapshots", manifest, moved };
    } catch (thrown) {
      context.cancel.throwIfAborted();
      if (!(thrown instanceof CoevalError) || ++breaks > attemptsAgain(thrown.code)) throw thrown;
      context.world.log.warn("transfer broke", { run: context.instruction.run, why: thrown.message, breaks });
      await context.world.clock.sleep(Math.min(BACKOFF_MS_MAX, BACKOFF_MS_MIN * 2 ** breaks), context.cancel);
    }
  }
}

function attemptsAgain(code: ErrorCode): number {
  if (explain(code).retry === "never" || HOPELESS.includes(code)) return 0;
  return BREAKS.includes(code) ? BREAKS_MAX : FAILURES_MAX;
}

async function sendOnce(
  context: StepContext<"send-snapshots">,
  note: SnapshotNote,
  moved: MovedSummary,
  counting: Counting,
): Promise<ManifestSummary> {
  const { world, instruction } = context;
  const { run, service } = instruction;
  const session = await openSession(context, note);
  try {
    if (session.finished) return await summaryOf(world, pointFile(service, run, "manifest"));
    await session.plan(moved);
    const plan = () => readValues<Change>(world, runFile(run, "plan"));
    await writeValues(world, runFile(run, "hashes"), session.files(plan(), counting));
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
  } finally {
    session.close();
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

async function snapshotNote(context: StepContext<"send-snapshots">): Promise<SnapshotNote> {
  const taken = await readInstruction(
    context.db,
    instructionId(context.instruction.run, "take-snapshots", "source"),
  );
  if (!taken?.outcome?.ok)
    throw new CoevalError("protocol", "send-snapshots came before its snapshots were taken");
  return taken.note as SnapshotNote;
}
