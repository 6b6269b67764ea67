/** The receiver's files under way on one stream: each is staged, unless it is staged already, and acknowledged once it is whole. */
import { CoevalError } from "@coeval/core/errors";
import type { Entry } from "@coeval/core/model/entry";
import { FILES_IN_FLIGHT_MAX, type TransferMessage } from "@coeval/contract/wire/transfer";
import { createIncoming, type Incoming } from "./incoming.ts";
import type { ReceiveSession } from "./receive-session.ts";
import { openStagedFiles, type StagedFiles } from "./staged-files.ts";

type FileMessage = Extract<TransferMessage, { say: "file" }>;

export interface Staging {
  /** @throws CoevalError `protocol` for one file too many. */
  file(message: FileMessage): void;
  /** @throws CoevalError `protocol` for content of a file that is not under way, or beyond its window. */
  content(channel: number, bytes: Uint8Array): void;
  /** The sender has sent all of a file; its digest. */
  end(channel: number, sha256: string): void;
  /** The sender has nothing more: all files are whole. @throws CoevalError `protocol` when some are not. */
  finished(): Promise<void>;
  /** Ends what is under way. */
  fail(cause: unknown): void;
  /** Resolves when nothing runs any more. */
  settled(): Promise<void>;
}

/** @param failed hears the failure of a file. */
export async function createStaging(
  session: ReceiveSession,
  failed: (cause: unknown) => void,
): Promise<Staging> {
  const { db, world, instruction } = session.context;
  const staged = await openStagedFiles({ db, clock: world.clock }, instruction.run);
  const files = new Map<number, Incoming>();
  const tasks = new Set<Promise<void>>();
  const fileOf = (channel: number): Incoming => {
    const file = files.get(channel);
    if (!file) throw new CoevalError("protocol", `content of file ${channel}, which is not under way`);
    return file;
  };
  return {
    file(message) {
      const { channel, entry } = message;
      if (files.size >= FILES_IN_FLIGHT_MAX || files.has(channel))
        throw new CoevalError("protocol", `file ${channel} is one too many`);
      const incoming = createIncoming(
        (bytes) => say(session, { say: "took", channel, bytes }),
        (entry as Entry).length,
      );
      files.set(channel, incoming);
      // The sender may announce the next file as soon as it has heard of this one's end, so that is said last.
      const task = stage(session, staged, message, incoming)
        .then((last) => {
          files.delete(channel);
          if (last.say === "done") session.progressed();
          return say(session, last);
        })
        .catch(failed)
        .finally(() => tasks.delete(task));
      tasks.add(task);
    },
    content: (channel, bytes) => fileOf(channel).push(bytes),
    end: (channel, sha256) => fileOf(channel).end(sha256),
    async finished() {
      if (files.size > 0) throw new CoevalError("protocol", `\`finish\` with ${files.size} files under way`);
      await Promise.all(tasks);
      await staged.stored();
    },
    fail(cause) {
      for (const file of files.values()) file.fail(cause);
    },
    async settled() {
      await Promise.all(tasks);
      // What was staged before the stream failed need not come again.
      await staged.stored().catch(failed);
    },
  };
}

/** Stages one file, unless it is staged already, whole and hashed, by an earlier stream of the run. What is to be said of it at the end. */
async function stage(
  session: ReceiveSession,
  staged: StagedFiles,
  message: FileMessage,
  incoming: Incoming,
): Promise<TransferMessage> {
  const { context, holding, meter } = session;
  const { target, cancel, world } = context;
  const { channel, number, at } = message;
  const entry = message.entry as Entry;
  const known = await staged.find(number);
  if (known?.bytes === entry.length) {
    meter.count(1, entry.length);
    return { say: "have", channel, sha256: known.sha256 };
  }
  await say(session, { say: "want", channel });
  const hasher = world.hash.sha256();
  const content = observed(incoming.content(), (chunk) => {
    hasher.update(chunk);
    meter.count(0, chunk.length);
  });
  const bytes = await target.write(holding, at, entry, content, cancel);
  const sha256 = hasher.hex();
  if (bytes !== entry.length || sha256 !== incoming.sha256()) {
    const path = `${entry.set}/${entry.path}`;
    const why = `${bytes} bytes of ${entry.length} arrived, or with another digest`;
    throw new CoevalError("corrupt", `${path}: ${why}`, { evidence: [path] });
  }
  staged.add({ number, sha256, bytes });
  meter.count(1, 0);
  return { say: "done", channel, sha256 };
}

async function* observed(
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
