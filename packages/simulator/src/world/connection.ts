/** A connection between two processes: its two ends as streams, and what becomes of it when one of them dies. */
import { CoevalError } from "@coeval/core/errors";
import type { Peer, Stream } from "@coeval/core/ports/network";
import { type Life, never } from "./life.ts";
import { createPipe, type Item, type Pipe } from "./pipe.ts";
import type { Seed } from "./seed.ts";
import type { Timeline } from "./timeline.ts";

export interface Side {
  readonly life: Life;
  /** Bytes to this side. */
  readonly pipe: Pipe;
  /** Why its process closed it; null while it did not. */
  closed: string | null;
}

export interface Connection {
  readonly caller: Side;
  readonly callee: Side;
}

/** How connections behave on this network. */
export interface Wires {
  readonly timeline: Timeline;
  readonly seed: Seed;
  /** Ms of one way, drawn anew. */
  latency(): number;
  /** Brings bytes from one side to the other, or not. */
  transmit(from: Side, to: Side, item: Item): void;
  /** Probability that nobody is told of a crash. */
  silentCrashes(): number;
  over(connection: Connection): void;
}

export function createConnection(wires: Wires, caller: Life, callee: Life): Connection {
  const side = (life: Life): Side => ({
    life,
    pipe: createPipe(wires.timeline, life, wires.seed),
    closed: null,
  });
  return { caller: side(caller), callee: side(callee) };
}

/** Both directions. */
export function directions({ caller, callee }: Connection): readonly (readonly [from: Side, to: Side])[] {
  return [
    [caller, callee],
    [callee, caller],
  ];
}

/** One side learns that the connection is over. */
export function breakOff(side: Side, other: Side, why: string): void {
  side.pipe.fail(why);
  other.pipe.release();
}

/** One end, for the process of `mine`. */
export function streamOn(wires: Wires, connection: Connection, mine: Side, other: Side, peer: Peer): Stream {
  const { life } = mine;
  const gone = (why: string) =>
    new CoevalError("unreachable", `the connection with ${other.life.name} ${why}`);
  const check = (): void => {
    if (mine.closed !== null) throw gone(`was closed: ${mine.closed}`);
    if (mine.pipe.over) throw gone("broke");
  };
  const forget = life.onCrash(() => {
    wires.over(connection);
    abandon(wires, mine, other);
  });
  return {
    peer,
    async read() {
      if (!life.touch("net.read")) return await never();
      const bytes = await mine.pipe.read();
      return life.alive ? bytes : await never();
    },
    write: (bytes) =>
      life.port("net.write", async () => {
        check();
        // Whoever sends to a machine that does not know the connection any more is told so.
        if (!other.life.alive) {
          const why = `${other.life.name} is gone`;
          wires.timeline.after(2 * wires.latency(), () => breakOff(mine, other, why));
        }
        wires.transmit(mine, other, { kind: "bytes", bytes });
        await other.pipe.room();
        check();
      }),
    close(reason) {
      if (!life.alive || mine.closed !== null) return;
      mine.closed = reason;
      forget();
      if (other.closed !== null) wires.over(connection);
      breakOff(mine, other, `the stream with ${other.life.name} was closed: ${reason}`);
      other.pipe.send({ kind: "end" }, wires.latency());
    },
  };
}

/** The machine's system ends what its process left open, unless it went down with it. */
function abandon(wires: Wires, dead: Side, other: Side): void {
  const { seed, timeline } = wires;
  if (seed.chance(wires.silentCrashes())) return;
  const item: Item = seed.chance(0.5)
    ? { kind: "end" }
    : { kind: "broken", why: `${dead.life.name} is gone` };
  other.pipe.send(item, wires.latency());
  timeline.after(wires.latency(), () => dead.pipe.release());
}
