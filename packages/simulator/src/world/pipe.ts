/** One direction of a stream: bytes under way and bytes arrived, in order, unless a fault says otherwise. */
import { CoevalError } from "@coeval/core/errors";
import type { Life } from "./life.ts";
import type { Seed } from "./seed.ts";
import type { Timeline } from "./timeline.ts";

/** What travels: bytes, the orderly end, or the news that the connection is broken. */
export type Item =
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  | { readonly kind: "end" }
  | { readonly kind: "broken"; readonly why: string };

export interface Pipe {
  /** Puts an item on its way; it arrives after `ms`, not before what was sent earlier. */
  send(item: Item, ms: number): void;
  /** Past the order: late or repeated messages. */
  slip(item: Item, ms: number): void;
  /** Items wait at the sender's side until they are released. */
  hold(on: boolean, ms: number): void;
  readonly held: number;
  /** The next bytes, or null at the orderly end. */
  read(): Promise<Uint8Array | null>;
  /** Resolves when what is not read yet leaves room. */
  room(): Promise<void>;
  /** Whoever reads, or waits for room, is told. */
  fail(why: string): void;
  /** Writers wait for room no more: nobody will read. What is under way still arrives. */
  release(): void;
  /** The reader has heard the end or a failure. */
  readonly over: boolean;
}

/** Bytes on their way or unread, beyond which the writer waits. */
const WINDOW_BYTES = 64 * 1024;
/** Streams have no message boundaries: now and then only a part is read. */
const PART_PROBABILITY = 0.05;

export function createPipe(timeline: Timeline, reader: Life, seed: Seed): Pipe {
  const inbox = createInbox(seed);
  let waiting: Item[] = [];
  let holding = false;
  let lastArrivalMs = 0;

  const arrive = (item: Item): void => {
    if (reader.alive) inbox.take(item);
  };

  const schedule = (item: Item, ms: number): void => {
    lastArrivalMs = Math.max(lastArrivalMs, timeline.nowMs + ms);
    timeline.at(lastArrivalMs, () => arrive(item));
  };

  return {
    send(item, ms) {
      inbox.expect(item);
      if (holding) waiting.push(item);
      else schedule(item, ms);
    },
    slip(item, ms) {
      inbox.expect(item);
      timeline.after(ms, () => arrive(item));
    },
    hold(on, ms) {
      holding = on;
      if (on) return;
      const released = waiting;
      waiting = [];
      for (const item of released) schedule(item, ms);
    },
    get held() {
      return waiting.length;
    },
    read: () => inbox.read(),
    room: () => inbox.room(),
    fail: (why) => inbox.fail(why),
    release: () => inbox.release(),
    get over() {
      return inbox.over;
    },
  };
}

/** What has arrived and is not read yet. */
interface Inbox extends Pick<Pipe, "read" | "room" | "fail" | "release" | "over"> {
  /** Counts what is on its way. */
  expect(item: Item): void;
  take(item: Item): void;
}

function createInbox(seed: Seed): Inbox {
  let chunks: Uint8Array[] = [];
  let unreadBytes = 0;
  let ended = false;
  let released = false;
  let failure: CoevalError | null = null;
  let sleepers: (() => void)[] = [];

  const wake = (): void => {
    const woken = sleepers;
    sleepers = [];
    for (const each of woken) each();
  };
  const sleep = () => new Promise<void>((resolve) => sleepers.push(resolve));

  return {
    expect(item) {
      if (item.kind === "bytes") unreadBytes += item.bytes.length;
    },
    take(item) {
      if (failure || (ended && item.kind !== "broken")) return;
      if (item.kind === "broken") failure = new CoevalError("unreachable", item.why);
      else if (item.kind === "end") ended = true;
      else chunks.push(item.bytes);
      wake();
    },
    async read() {
      for (;;) {
        if (failure) throw failure;
        const first = chunks[0];
        if (first) {
          const some = first.length > 1 && seed.chance(PART_PROBABILITY);
          const part = some ? seed.whole(1, first.length - 1) : first.length;
          if (part === first.length) chunks.shift();
          else chunks[0] = first.subarray(part);
          unreadBytes -= part;
          wake();
          return first.subarray(0, part);
        }
        if (ended) return null;
        await sleep();
      }
    },
    async room() {
      while (unreadBytes > WINDOW_BYTES && !failure && !ended && !released) await sleep();
    },
    fail(why) {
      failure ??= new CoevalError("unreachable", why);
      chunks = [];
      wake();
    },
    release() {
      released = true;
      wake();
    },
    get over() {
      return failure !== null || ended;
    },
  };
}
