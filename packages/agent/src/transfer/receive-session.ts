/** One connection of the receiver: answers the plan, stages the files that are missing, takes the changes, compares manifests. */
import { CoevalError, type Failure, toFailure } from "@coeval/core/errors";
import type { MovedSummary } from "@coeval/core/model/certificate";
import type { FileWriter } from "@coeval/core/ports/files";
import type { Holding } from "@coeval/core/ports/target";
import { applyChanges } from "@coeval/core/protect/apply";
import type { Result } from "@coeval/core/protect/instruction";
import type { Change } from "@coeval/core/protect/transfer";
import type { Channel } from "@coeval/contract/wire/channel";
import type { TransferMessage } from "@coeval/contract/wire/transfer";
import type { StepContext } from "../context.ts";
import { pointFile, runFile } from "../folders.ts";
import type { Meter } from "../progress.ts";
import { farewell } from "./farewell.ts";
import { readBase, readValues, writeManifest } from "./files.ts";
import { parseMessage } from "./messages.ts";
import { createStaging, type Staging } from "./staging.ts";
import type { OpenMessage } from "./transfers.ts";

export interface ReceiveSession {
  readonly context: StepContext<"receive-snapshots">;
  readonly holding: Holding;
  readonly channel: Channel;
  readonly open: OpenMessage;
  readonly meter: Meter;
  /** @throws CoevalError `secondary-full`. */
  readonly checkRoom: (bytes: number) => Promise<void>;
}

/** Serves to the end; rejects when the stream breaks or is refused, and then nothing of it runs any more. */
export async function serveSession(session: ReceiveSession): Promise<Result> {
  const { channel, context } = session;
  const { clock, files } = context.world;
  const changes = await files.create(runFile(context.instruction.run, "changes"));
  let committed = false;
  const end: { first: { readonly cause: unknown } | null; parting: Promise<void> } = {
    first: null,
    parting: Promise.resolve(),
  };
  const fail = (cause: unknown): void => {
    if (end.first) return;
    end.first = { cause };
    end.parting = farewell(clock, channel, told(cause));
  };
  // A file that fails ends the stream, and with it the reading: waiting for either of the two, for as long as a transfer
  // lasts, would hold every frame that was ever read.
  const staging = createStaging(session, fail);
  try {
    const result = await converse(session, staging, {
      write: (bytes) => changes.write(bytes),
      async commit() {
        await changes.commit();
        committed = true;
      },
    });
    await channel.send({ say: "finished" } satisfies TransferMessage);
    return result;
  } catch (thrown) {
    fail(thrown);
    staging.fail(thrown);
    throw end.first?.cause ?? thrown;
  } finally {
    await end.parting;
    await staging.settled();
    if (!committed) await changes.abort();
  }
}

/** A defect's text is ours to read, not the peer's: it is in the log. */
function told(cause: unknown): Failure {
  const failure = toFailure(cause);
  return failure.code === "defect"
    ? { ...failure, message: "the receiver met a defect; see its log" }
    : failure;
}

async function converse(
  session: ReceiveSession,
  staging: Staging,
  changes: Pick<FileWriter, "write" | "commit">,
): Promise<Result> {
  const { channel } = session;
  const moved = await openPlan(session);
  for (;;) {
    const frame = await channel.receive();
    if (!frame) throw new CoevalError("unreachable", "the peer ended the transfer");
    if (frame.kind === "bytes") {
      staging.content(frame.channel, frame.content);
      continue;
    }
    const message = parseMessage(frame);
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
        await staging.finished();
        await changes.commit();
        return await compareManifests(session, message.manifest.sha256, moved);
      default:
        throw new CoevalError("protocol", `\`${message.say}\` is not the sender's to say now`);
    }
  }
}

/** The base is the same, and there is room for what the plan names. */
async function openPlan({ context, channel, open, meter, checkRoom }: ReceiveSession): Promise<MovedSummary> {
  const base = context.instruction.order.base?.manifestSha256 ?? null;
  if (open.baseManifestSha256 !== base) {
    throw new CoevalError(
      "base-mismatch",
      `the source names base ${open.baseManifestSha256}, the target ${base}`,
    );
  }
  await channel.send({ say: "opened" } satisfies TransferMessage);
  const frame = await channel.receive();
  if (!frame) throw new CoevalError("unreachable", "the peer ended the transfer");
  const message = parseMessage(frame);
  if (message.say !== "plan")
    throw new CoevalError("protocol", `\`${message.say}\` came where \`plan\` is due`);
  const { moved } = message;
  await checkRoom(moved.bytes);
  meter.start("receiving", moved.files, moved.bytes);
  await channel.send({ say: "planned" } satisfies TransferMessage);
  return moved;
}

async function compareManifests(
  { context }: ReceiveSession,
  sourceSha256: string,
  moved: MovedSummary,
): Promise<Result> {
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
  return { step: "receive-snapshots", manifest, moved };
}

function lines(changes: readonly Change[]): Uint8Array {
  return new TextEncoder().encode(changes.map((change) => `${JSON.stringify(change)}\n`).join(""));
}
