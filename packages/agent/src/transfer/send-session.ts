/** One opened stream of the sender to its peer: told the plan, sent files many at a time, then the changes. Whoever dialled. */
import { CoevalError } from "@coeval/core/errors";
import type { ManifestSummary, MovedSummary } from "@coeval/core/model/certificate";
import type { Change } from "@coeval/core/protect/transfer";
import type { Channel } from "@coeval/contract/wire/channel";
import { CONTENT_BYTES_MAX } from "@coeval/contract/wire/frame";
import { CHANGES_MAX, FILES_IN_FLIGHT_MAX, type TransferMessage } from "@coeval/contract/wire/transfer";
import type { StepContext } from "../context.ts";
import { mapInOrder } from "../pool.ts";
import type { SnapshotNote } from "../snapshot.ts";
import { createInFlight, type Flight, type InFlight } from "./in-flight.ts";
import { inParts } from "./parts.ts";
import { listen } from "./replies.ts";
import { type FileDigest, isContent } from "./file-digest.ts";
import type { Sends } from "./work.ts";

/** Bytes of changes gathered into one message, well below the frame's bound. */
const CHANGES_BYTES_MAX = 256 * 1024;

/** What is done of the files while they are sent. */
export interface Counting {
  /** A file that the peer holds already. */
  had(bytes: number): void;
  /** Bytes of a file that is being sent. */
  moved(bytes: number): void;
  /** The file whose bytes were counted is whole at the peer. */
  sent(): void;
}

export interface SendSession {
  /** Aborts when the stream has ended, with why. */
  readonly over: AbortSignal;
  /** `finished`: the peer holds everything already, its last word was lost. Nothing is to be sent. */
  plan(moved: MovedSummary): Promise<"planned" | "finished">;
  /** Sends the content of all files of the plan; their digests, in the plan's order. */
  files(changes: AsyncIterable<Change>): AsyncGenerator<FileDigest>;
  change(change: Change): Promise<void>;
  flushChanges(): Promise<void>;
  finish(manifest: ManifestSummary): Promise<void>;
  /** Why it really failed: what the peer said at its end counts more than that the stream then broke. */
  reason(thrown: unknown): Promise<unknown>;
}

export interface SendParts {
  readonly context: StepContext<Sends>;
  readonly note: SnapshotNote;
  readonly channel: Channel;
  readonly counting: Counting;
}

/** Listens on the channel from now on, until the stream ends. */
export function createSendSession(parts: SendParts): SendSession {
  const { context, channel } = parts;
  const flights = createInFlight();
  const replies = listen(channel, flights);
  const say = (message: TransferMessage): Promise<void> => channel.send(message);
  return {
    over: replies.over,
    async plan(moved) {
      await say({ say: "plan", moved });
      return replies.next("planned", "finished");
    },
    files: (changes) =>
      mapInOrder(contents(changes), FILES_IN_FLIGHT_MAX, (change) => sendFile({ ...parts, flights }, change)),
    ...changesOn(channel),
    async finish(manifest) {
      await say({ say: "finish", manifest });
      await replies.next("finished");
    },
    reason: (thrown) => replies.reason(context.world.clock, thrown),
  };
}

/** Gathers changes into messages worth sending. */
function changesOn(channel: Channel): Pick<SendSession, "change" | "flushChanges"> {
  let pending: Change[] = [];
  let pendingBytes = 0;
  const flushChanges = async (): Promise<void> => {
    if (pending.length === 0) return;
    const changes = pending;
    pending = [];
    pendingBytes = 0;
    await channel.send({ say: "changes", changes });
  };
  return {
    async change(change) {
      pending.push(change);
      pendingBytes += JSON.stringify(change).length;
      if (pending.length >= CHANGES_MAX || pendingBytes >= CHANGES_BYTES_MAX) await flushChanges();
    },
    flushChanges,
  };
}

interface Sending extends SendParts {
  readonly flights: InFlight;
}

async function sendFile(sending: Sending, change: Extract<Change, { kind: "put" }>): Promise<FileDigest> {
  const { channel, flights, counting } = sending;
  const { number, entry, at } = change;
  const flight = flights.open(number);
  await channel.send({ say: "file", channel: number, number, entry, at });
  const answer = await flight.answered;
  if (answer.say === "have") counting.had(entry.length);
  const sha256 = answer.say === "have" ? answer.sha256 : await sendContent(sending, change, flight);
  // Only now: after a failure the peer goes on telling of the file until the stream has ended, and that is no breach of its own.
  flights.close(number);
  return { number, sha256 };
}

async function sendContent(
  { context, note, channel, counting }: Sending,
  { number, entry }: Extract<Change, { kind: "put" }>,
  flight: Flight,
): Promise<string> {
  const { world, source, cancel } = context;
  const hasher = world.hash.sha256();
  const content = source.read(note.prepared, { ...entry, hasAcl: false }, 0, cancel);
  for await (const part of inParts(content, CONTENT_BYTES_MAX, entry.length)) {
    hasher.update(part);
    await flight.room(part.length);
    await channel.sendBytes(number, part);
    counting.moved(part.length);
  }
  const sha256 = hasher.hex();
  await channel.send({ say: "end", channel: number, sha256 } satisfies TransferMessage);
  if ((await flight.done) !== sha256)
    throw new CoevalError("corrupt", `${entry.set}/${entry.path} arrived with another digest`);
  counting.sent();
  return sha256;
}

async function* contents(changes: AsyncIterable<Change>): AsyncGenerator<Extract<Change, { kind: "put" }>> {
  for await (const change of changes) if (isContent(change)) yield change;
}
