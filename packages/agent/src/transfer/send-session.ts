/** One connection of the sender to its peer: opened, told the plan, sent files many at a time, then the changes. */
import { CoevalError } from "@coeval/core/errors";
import type { ManifestSummary, MovedSummary } from "@coeval/core/model/certificate";
import type { Change } from "@coeval/core/protect/transfer";
import { type Channel, channelOn } from "@coeval/contract/wire/channel";
import { CONTENT_BYTES_MAX } from "@coeval/contract/wire/frame";
import { CHANGES_MAX, FILES_IN_FLIGHT_MAX, type TransferMessage } from "@coeval/contract/wire/transfer";
import type { StepContext } from "../context.ts";
import { mapInOrder } from "../pool.ts";
import type { SnapshotNote } from "../snapshot.ts";
import { createInFlight, type InFlight } from "./in-flight.ts";
import { parseMessage } from "./messages.ts";
import { type FileDigest, isContent } from "./send.ts";

/** Bytes of changes gathered into one message, well below the frame's bound. */
const CHANGES_BYTES_MAX = 256 * 1024;

export interface SendSession {
  plan(moved: MovedSummary): Promise<void>;
  /** Sends the content of all files of the plan; their digests, in the plan's order. `count` hears files and bytes done. */
  files(
    changes: AsyncIterable<Change>,
    count: (files: number, bytes: number) => void,
  ): AsyncGenerator<FileDigest>;
  change(change: Change): Promise<void>;
  flushChanges(): Promise<void>;
  finish(manifest: ManifestSummary): Promise<void>;
  close(): void;
}

/** Connects and opens. @throws CoevalError of the peer's `closed`, `unreachable`, `peer-not-trusted`, `protocol`. */
export async function openSession(
  context: StepContext<"send-snapshots">,
  note: SnapshotNote,
): Promise<SendSession> {
  const { instruction, network, cancel } = context;
  const { run, service, epoch, order } = instruction;
  const stream = await network.connect(order.address, cancel, { kind: "agent", ...order.peer });
  const channel = channelOn(stream);
  const abort = (): void => channel.close("cancelled");
  cancel.addEventListener("abort", abort, { once: true });
  const flights = createInFlight();
  const say = (message: TransferMessage): Promise<void> => channel.send(message);
  const replies = listen(channel, flights);
  try {
    await say({ say: "open", run, service, epoch, baseManifestSha256: order.base?.manifestSha256 ?? null });
    await replies.next("opened");
  } catch (thrown) {
    channel.close("not opened");
    throw thrown;
  }
  let pending: Change[] = [];
  let pendingBytes = 0;
  const flushChanges = async (): Promise<void> => {
    if (pending.length === 0) return;
    const changes = pending;
    pending = [];
    pendingBytes = 0;
    replies.check();
    await say({ say: "changes", changes } as TransferMessage);
  };
  return {
    async plan(moved) {
      await say({ say: "plan", moved });
      await replies.next("planned");
    },
    files: (changes, count) =>
      mapInOrder(contents(changes), FILES_IN_FLIGHT_MAX, (change) =>
        sendFile(context, note, channel, flights, change, count),
      ),
    async change(change) {
      pending.push(change);
      pendingBytes += JSON.stringify(change).length;
      if (pending.length >= CHANGES_MAX || pendingBytes >= CHANGES_BYTES_MAX) await flushChanges();
    },
    flushChanges,
    async finish(manifest) {
      await say({ say: "finish", manifest });
      await replies.next("finished");
    },
    close() {
      cancel.removeEventListener("abort", abort);
      channel.close("over");
    },
  };
}

async function sendFile(
  context: StepContext<"send-snapshots">,
  note: SnapshotNote,
  channel: Channel,
  flights: InFlight,
  change: Extract<Change, { kind: "put" }>,
  count: (files: number, bytes: number) => void,
): Promise<FileDigest> {
  const { number, entry, at } = change;
  const flight = flights.open(number);
  try {
    await channel.send({ say: "file", channel: number, number, entry, at } as TransferMessage);
    const answer = await flight.answered;
    if (answer.say === "have") {
      count(1, entry.length);
      return { number, sha256: answer.sha256 };
    }
    const hasher = context.world.hash.sha256();
    for await (const chunk of context.source.read(
      note.prepared,
      { ...entry, hasAcl: false },
      0,
      context.cancel,
    )) {
      for (let from = 0; from < chunk.length; from += CONTENT_BYTES_MAX) {
        const part = chunk.subarray(from, from + CONTENT_BYTES_MAX);
        hasher.update(part);
        await flight.room(part.length);
        await channel.sendBytes(number, part);
        count(0, part.length);
      }
    }
    const sha256 = hasher.hex();
    await channel.send({ say: "end", channel: number, sha256 } satisfies TransferMessage);
    const written = await flight.done;
    if (written !== sha256)
      throw new CoevalError("corrupt", `${entry.set}/${entry.path} arrived with another digest`);
    count(1, 0);
    return { number, sha256 };
  } finally {
    flights.close(number);
  }
}

async function* contents(changes: AsyncIterable<Change>): AsyncGenerator<Extract<Change, { kind: "put" }>> {
  for await (const change of changes) if (isContent(change)) yield change;
}

interface Replies {
  /** Waits for the one answer that is due. */
  next(say: "opened" | "planned" | "finished"): Promise<void>;
  /** @throws what broke the stream, if anything did. */
  check(): void;
}

/** Reads the peer's messages as they come, for as long as the stream lasts. */
function listen(channel: Channel, flights: InFlight): Replies {
  let broken: { cause: unknown } | null = null;
  const arrived: string[] = [];
  let wake = Promise.withResolvers<void>();

  const read = async (): Promise<void> => {
    for (;;) {
      const frame = await channel.receive();
      if (!frame) throw new CoevalError("unreachable", "the peer ended the transfer");
      const message = parseMessage(frame);
      if (message.say === "closed")
        throw new CoevalError(message.failure.code, message.failure.message, message.failure);
      if (
        message.say === "want" ||
        message.say === "have" ||
        message.say === "took" ||
        message.say === "done"
      ) {
        flights.hear(message);
      } else arrived.push(message.say);
      wake.resolve();
      wake = Promise.withResolvers<void>();
    }
  };
  read().catch((cause: unknown) => {
    broken = { cause };
    flights.fail(cause);
    channel.close("broken");
    wake.resolve();
  });

  const check = (): void => {
    if (broken) throw broken.cause;
  };
  return {
    check,
    async next(say) {
      for (;;) {
        const first = arrived.shift();
        if (first === say) return;
        if (first !== undefined)
          throw new CoevalError("protocol", `\`${first}\` came where \`${say}\` is due`);
        check();
        await wake.promise;
      }
    },
  };
}
