/** One opened stream of the receiver: answers the plan, stages the files that are missing, takes the changes, compares manifests. Whoever dialled. */
import { CoevalError } from "@coeval/core/errors";
import type { MovedSummary } from "@coeval/core/model/certificate";
import type { FileWriter } from "@coeval/core/ports/files";
import type { Holding } from "@coeval/core/ports/target";
import { applyChanges } from "@coeval/core/protect/apply";
import type { Change } from "@coeval/core/protect/transfer";
import type { Channel } from "@coeval/contract/wire/channel";
import type { TransferMessage } from "@coeval/contract/wire/transfer";
import type { StepContext } from "../context.ts";
import { pointFile, runFile } from "../folders.ts";
import { proveIdentity } from "../identity.ts";
import type { Meter } from "../progress.ts";
import { manifestText, movedText } from "../run-lines.ts";
import { requireRoom } from "../room.ts";
import type { Share } from "./capacity.ts";
import { farewell, isBreak, LAST_WORD_MS_MAX } from "./farewell.ts";
import { readBase, readValues, writeManifest } from "./files.ts";
import { hearMessage, lastWord, nextFrame, parseMessage } from "./messages.ts";
import { createStaging, type Staging } from "./staging.ts";
import type { Held, Receives } from "./work.ts";

export interface ReceiveSession {
  readonly context: StepContext<Receives>;
  readonly holding: Holding;
  readonly channel: Channel;
  readonly share: Share;
  readonly meter: Meter;
  /** Hears of each file that is whole. */
  readonly progressed: () => void;
  /** What came on an earlier stream, to its end; only the last word is missing. */
  readonly held: Held | null;
}

/** Receives until `finished` may be said; rejects when the stream breaks or is refused, and then nothing of it runs any more. */
export async function converseAsTarget(session: ReceiveSession): Promise<Held> {
  const moved = await hearPlan(session);
  if (session.held) return session.held;
  const giveBack = await session.share.slot(session.context.cancel);
  try {
    return await takeAll(session, moved);
  } finally {
    giveBack();
  }
}

async function takeAll(session: ReceiveSession, moved: MovedSummary): Promise<Held> {
  const { context, channel, meter, share } = session;
  const from = context.instruction.order.peer.cluster;
  context.tell(`receiving from ${from}: ${movedText(moved)}`);
  meter.start(share.doing("receiving"), moved.files, moved.bytes);
  await channel.send({ say: "planned" } satisfies TransferMessage);
  const end = createEnd(session);
  const staging = await createStaging(session, end.fail);
  const changes = await context.world.files.create(runFile(context.instruction.run, "changes"));
  let committed = false;
  try {
    const sourceSha256 = await takeIn(channel, staging, changes, end);
    await staging.finished();
    await changes.commit();
    committed = true;
    const held = await compareManifests(session, sourceSha256, moved);
    context.tell(`all has come, manifest ${manifestText(held.manifest)}`);
    return held;
  } catch (thrown) {
    end.fail(thrown);
    staging.fail(thrown);
    throw end.reason(thrown);
  } finally {
    await end.parting();
    await staging.settled();
    if (!committed) await changes.abort();
  }
}

/** The end of a stream that fails: of all that went wrong, what is told to the peer and what is thrown. */
interface End {
  /** The first failure counts; a file that fails ends the stream, and with it the reading. */
  fail(cause: unknown): void;
  readonly failed: boolean;
  reason(thrown: unknown): unknown;
  /** Resolves when the peer has been told. */
  parting(): Promise<void>;
}

/**
 * Waiting for either a failed file or the stream's end, for as long as a transfer lasts, would hold every frame that was ever read:
 * so whatever fails closes the stream.
 */
function createEnd({ context, channel }: ReceiveSession): End {
  const { clock } = context.world;
  const read = new AbortController();
  let first: { readonly cause: unknown } | null = null;
  let told: Promise<void> = Promise.resolve();
  return {
    fail(cause) {
      if (first) return;
      first = { cause };
      if (!isBreak(cause)) told = farewell(clock, channel, cause);
      // Nobody is there to be told any more, but what the peer said at its end may still be read.
      else
        void clock.sleep(LAST_WORD_MS_MAX, read.signal).then(
          () => channel.close("broken"),
          () => undefined,
        );
    },
    get failed() {
      return first !== null;
    },
    reason(thrown) {
      read.abort("read to its end");
      return first && !isBreak(first.cause) ? first.cause : thrown;
    },
    parting: () => told,
  };
}

/** Takes in all that the source sends, until it says that this was all; the hash of its manifest. */
async function takeIn(
  channel: Channel,
  staging: Staging,
  changes: Pick<FileWriter, "write">,
  end: Pick<End, "failed">,
): Promise<string> {
  for (;;) {
    const frame = await nextFrame(channel);
    if (frame.kind === "bytes") {
      if (!end.failed) staging.content(frame.channel, frame.content);
      continue;
    }
    const message = parseMessage(frame);
    if (message.say === "closed") throw lastWord(message.failure);
    if (end.failed) continue;
    switch (message.say) {
      case "file":
        staging.file(message);
        break;
      case "end":
        staging.end(message.channel, message.sha256);
        break;
      case "changes":
        await changes.write(lines(message.changes as readonly Change[]));
        break;
      case "finish":
        return message.manifest.sha256;
      default:
        throw new CoevalError("protocol", `\`${message.say}\` is not the sender's to say now`);
    }
  }
}

/** The cluster is still the same, and there is room for what the plan names. */
async function hearPlan({ context, holding, channel, held }: ReceiveSession): Promise<MovedSummary> {
  const { instruction, target, cancel } = context;
  const { moved } = await hearMessage(channel, "plan");
  if (held) return moved;
  await proveIdentity(target, instruction.identity, instruction.cluster, cancel);
  await requireRoom(context, holding, moved.bytes);
  return moved;
}

async function compareManifests(
  { context }: ReceiveSession,
  sourceSha256: string,
  moved: MovedSummary,
): Promise<Held> {
  const { world, instruction } = context;
  const { run, service, order } = instruction;
  const manifest = await writeManifest(
    world,
    pointFile(service, run, "manifest"),
    applyChanges(readBase(world, service, order.base), readValues<Change>(world, runFile(run, "changes"))),
  );
  if (manifest.sha256 !== sourceSha256) {
    throw new CoevalError(
      "not-equal",
      `the source's manifest is ${sourceSha256}, the target's ${manifest.sha256}`,
    );
  }
  return { manifest, moved };
}

function lines(changes: readonly Change[]): Uint8Array {
  return new TextEncoder().encode(changes.map((change) => `${JSON.stringify(change)}\n`).join(""));
}
