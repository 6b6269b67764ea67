/** One connection of the receiver: answers the plan, stages the files that are missing, takes the changes, compares manifests. */
import { CoevalError, toFailure } from "@coeval/core/errors";
import type { Entry } from "@coeval/core/model/entry";
import type { Holding } from "@coeval/core/ports/target";
import { applyChanges } from "@coeval/core/protect/apply";
import type { Result } from "@coeval/core/protect/instruction";
import type { Change } from "@coeval/core/protect/transfer";
import { readStaged, stageFile } from "@coeval/store/agent/staging";
import type { Channel } from "@coeval/contract/wire/channel";
import { FILES_IN_FLIGHT_MAX, type TransferMessage } from "@coeval/contract/wire/transfer";
import type { StepContext } from "../context.ts";
import { pointFile, runFile } from "../folders.ts";
import type { Meter } from "../progress.ts";
import { readBase, readValues, writeManifest } from "./files.ts";
import { createIncoming, type Incoming } from "./incoming.ts";
import { parseMessage } from "./messages.ts";
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

type FileMessage = Extract<TransferMessage, { say: "file" }>;

/** Serves to the end; rejects when the stream breaks or is refused, and then nothing of it runs any more. */
export async function serveSession(session: ReceiveSession): Promise<Result> {
  const { channel, context } = session;
  const files = new Map<number, Incoming>();
  const tasks = new Set<Promise<void>>();
  const changes = await context.world.files.create(runFile(context.instruction.run, "changes"));
  let committed = false;
  try {
    const result = await converse(session, files, tasks, {
      write: (bytes) => changes.write(bytes),
      async commit() {
        committed = true;
        await changes.commit();
      },
    });
    await say(session, { say: "finished" });
    return result;
  } catch (thrown) {
    const failure = toFailure(thrown);
    for (const file of files.values()) file.fail(thrown);
    // The peer learns why, if it still listens; the stream ends either way.
    await channel.send({ say: "closed", failure } satisfies TransferMessage).catch(() => undefined);
    channel.close(failure.message);
    throw thrown;
  } finally {
    await Promise.allSettled(tasks);
    if (!committed) await changes.abort();
  }
}

interface ChangesFile {
  write(bytes: Uint8Array): Promise<void>;
  commit(): Promise<void>;
}

async function converse(
  session: ReceiveSession,
  files: Map<number, Incoming>,
  tasks: Set<Promise<void>>,
  changes: ChangesFile,
): Promise<Result> {
  const { context, open, channel, meter } = session;
  const { order } = context.instruction;
  const baseSha256 = order.base?.manifestSha256 ?? null;
  if (open.baseManifestSha256 !== baseSha256) {
    throw new CoevalError(
      "base-mismatch",
      `the source names base ${open.baseManifestSha256}, the target ${baseSha256}`,
    );
  }
  await say(session, { say: "opened" });
  const moved = await expect(channel, "plan");
  await session.checkRoom(moved.moved.bytes);
  meter.start("receiving", moved.moved.files, moved.moved.bytes);
  await say(session, { say: "planned" });
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => undefined);
  for (;;) {
    const frame = await Promise.race([channel.receive(), failed.promise]);
    if (!frame) throw new CoevalError("unreachable", "the peer ended the transfer");
    if (frame.kind === "bytes") {
      fileOf(files, frame.channel).push(frame.content);
      continue;
    }
    const message = parseMessage(frame);
    switch (message.say) {
      case "file": {
        if (files.size >= FILES_IN_FLIGHT_MAX || files.has(message.channel)) {
          throw new CoevalError("protocol", `file ${message.channel} is one too many`);
        }
        const incoming = createIncoming((bytes) =>
          say(session, { say: "took", channel: message.channel, bytes }),
        );
        files.set(message.channel, incoming);
        const task = takeFile(session, message, incoming)
          .catch((cause: unknown) => failed.reject(cause))
          .finally(() => {
            files.delete(message.channel);
            tasks.delete(task);
          });
        tasks.add(task);
        break;
      }
      case "end":
        fileOf(files, message.channel).end(message.sha256);
        break;
      case "changes":
        for (const change of message.changes) await changes.write(line(change as Change));
        break;
      case "finish": {
        await Promise.race([Promise.all(tasks), failed.promise]);
        await changes.commit();
        return await finish(session, message.manifest.sha256, moved.moved);
      }
      default:
        throw new CoevalError("protocol", `\`${message.say}\` is not the sender's to say now`);
    }
  }
}

/** Stages one file, unless it is staged already: whole, hashed, and of the same inode, length and time. */
async function takeFile(session: ReceiveSession, message: FileMessage, incoming: Incoming): Promise<void> {
  const { context, holding, meter } = session;
  const { db, instruction, target, cancel, world } = context;
  const { channel, number, entry, at } = message;
  const staged = await readStaged(db, instruction.run, number);
  if (staged) {
    meter.count(1, entry.length);
    await say(session, { say: "have", channel, sha256: staged.sha256 });
    return;
  }
  await say(session, { say: "want", channel });
  const hasher = world.hash.sha256();
  const content = hashed(incoming.content(), (chunk) => {
    hasher.update(chunk);
    meter.count(0, chunk.length);
  });
  const bytes = await target.write(holding, at, entry as Entry, content, cancel);
  const sha256 = hasher.hex();
  if (bytes !== entry.length || sha256 !== incoming.sha256()) {
    throw new CoevalError(
      "corrupt",
      `${entry.set}/${entry.path}: ${bytes} bytes of ${entry.length} arrived, or another digest`,
    );
  }
  await stageFile(db, instruction.run, { number, sha256, bytes });
  meter.count(1, 0);
  await say(session, { say: "done", channel, sha256 });
}

async function finish(
  session: ReceiveSession,
  sourceSha256: string,
  moved: Extract<Result, { step: "receive-snapshots" }>["moved"],
): Promise<Result> {
  const { world, instruction } = session.context;
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

async function expect<S extends TransferMessage["say"]>(
  channel: Channel,
  due: S,
): Promise<Extract<TransferMessage, { say: S }>> {
  const frame = await channel.receive();
  if (!frame) throw new CoevalError("unreachable", "the peer ended the transfer");
  const message = parseMessage(frame);
  if (message.say !== due)
    throw new CoevalError("protocol", `\`${message.say}\` came where \`${due}\` is due`);
  return message as Extract<TransferMessage, { say: S }>;
}

function fileOf(files: ReadonlyMap<number, Incoming>, channel: number): Incoming {
  const file = files.get(channel);
  if (!file) throw new CoevalError("protocol", `content of file ${channel}, which was not announced`);
  return file;
}

async function* hashed(
  chunks: AsyncIterable<Uint8Array>,
  hear: (chunk: Uint8Array) => void,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    hear(chunk);
    yield chunk;
  }
}

function say(session: ReceiveSession, message: TransferMessage): Promise<void> {
  return session.channel.send(message);
}

function line(change: Change): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(change)}\n`);
}
