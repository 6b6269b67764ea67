/**
 * The network in memory: authenticated streams between machines, with latency, partitions (one way too), broken streams,
 * and, on links, lost, repeated, late and replayed messages. A frame is written whole, so a write is a message.
 */
import { CoevalError } from "@coeval/core/errors";
import type { Expected, Listener, Network, Peer, Stream } from "@coeval/core/ports/network";
import { type Life, never } from "./life.ts";
import { deliveriesOf, type LinkFaultRates, NO_LINK_FAULTS } from "./link-faults.ts";
import { createPipe, type Item, type Pipe } from "./pipe.ts";
import type { Seed } from "./seed.ts";
import type { Timeline } from "./timeline.ts";

export interface Net {
  /** The network port of one life; `self` is what its certificate proves. */
  of(life: Life, self: Peer): Network;
  /** Nothing passes from one machine to the other any more; what was sent waits, and comes or breaks later. */
  cut(from: string, to: string): void;
  mend(from: string, to: string): void;
  /** Breaks the open streams between two machines. Returns how many. */
  breakBetween(a: string, b: string): number;
  /** On streams of which one end is this machine. */
  setLinkFaults(machine: string, rates: LinkFaultRates): void;
  /** How a crashed process's peers learn of it. */
  setSilentCrashes(probability: number): void;
  /** Puts a message on the open streams from one machine to another: replayed, or forged by somebody in between. */
  inject(from: string, to: string, bytes: Uint8Array): void;
  /** Where a machine listens now; null when it does not. */
  addressOf(machine: string): string | null;
  /** Streams with both ends alive and open, as `from→to`. */
  open(): readonly string[];
}

const LATENCY_MS = { least: 0.2, most: 3 } as const;
const CONNECT_MS_MAX = 5000;
/** What cannot be delivered for so long breaks the stream on the sender's side. */
const HELD_MS_MAX = 15_000;

interface Side {
  readonly life: Life;
  /** Bytes to this side. */
  readonly pipe: Pipe;
  closed: string | null;
}

interface Connection {
  readonly caller: Side;
  readonly callee: Side;
}

interface Listening {
  readonly life: Life;
  readonly self: Peer;
  readonly accept: (stream: Stream) => void;
}

export function createNet(timeline: Timeline, seed: Seed): Net {
  const listeners = new Map<string, Listening>();
  const cuts = new Set<string>();
  const connections = new Set<Connection>();
  let faults = { machine: "", rates: NO_LINK_FAULTS };
  let silentCrashes = 0;
  let ports = 40_000;

  const latency = () => seed.between(LATENCY_MS.least, LATENCY_MS.most);
  const isCut = (from: string, to: string) => cuts.has(`${from}→${to}`);
  const sides = ({ caller, callee }: Connection): readonly [from: Side, to: Side][] => [
    [caller, callee],
    [callee, caller],
  ];

  function transmit(from: Side, to: Side, item: Item): void {
    const isLink = [from.life.name, to.life.name].includes(faults.machine);
    if (!isLink || item.kind !== "bytes") return to.pipe.send(item, latency());
    for (const delivery of deliveriesOf(faults.rates, item.bytes, seed)) {
      if (delivery.kind === "in-order") to.pipe.send(item, latency());
      else if (delivery.kind === "slip") to.pipe.slip(item, delivery.ms);
      else timeline.after(delivery.ms, () => inject(from.life.name, to.life.name, item.bytes));
    }
  }

  function inject(from: string, to: string, bytes: Uint8Array): void {
    for (const connection of connections) {
      for (const [a, b] of sides(connection)) {
        if (a.life.name === from && b.life.name === to && b.life.alive)
          b.pipe.slip({ kind: "bytes", bytes }, 0);
      }
    }
  }

  /** The machine's system ends what its process left open, unless it went down with it. */
  function abandon(dead: Side, other: Side): void {
    if (seed.chance(silentCrashes)) return;
    const item: Item = seed.chance(0.5)
      ? { kind: "end" }
      : { kind: "broken", why: `${dead.life.name} is gone` };
    other.pipe.send(item, latency());
    timeline.after(latency(), dead.pipe.release);
  }

  function streamOf(connection: Connection, mine: Side, other: Side, peer: Peer): Stream {
    const { life } = mine;
    const gone = (why: string) =>
      new CoevalError("unreachable", `the connection with ${other.life.name} ${why}`);
    const check = (): void => {
      if (mine.closed !== null) throw gone(`was closed: ${mine.closed}`);
      if (mine.pipe.over) throw gone("broke");
    };
    const forget = life.onCrash(() => {
      connections.delete(connection);
      abandon(mine, other);
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
          if (!other.life.alive)
            timeline.after(2 * latency(), () => breakOff(mine, other, `${other.life.name} is gone`));
          transmit(mine, other, { kind: "bytes", bytes });
          await other.pipe.room();
          check();
        }),
      close(reason) {
        if (!life.alive || mine.closed !== null) return;
        mine.closed = reason;
        forget();
        if (other.closed !== null) connections.delete(connection);
        breakOff(mine, other, `the stream with ${other.life.name} was closed: ${reason}`);
        other.pipe.send({ kind: "end" }, latency());
      },
    };
  }

  async function connect(
    life: Life,
    self: Peer,
    address: string,
    expect: Expected | undefined,
  ): Promise<Stream> {
    await timeline.pass(latency());
    const host = address.slice(0, address.lastIndexOf(":"));
    if (isCut(life.name, host) || isCut(host, life.name)) {
      await timeline.pass(CONNECT_MS_MAX);
      throw new CoevalError("unreachable", `no connection with ${address} within ${CONNECT_MS_MAX} ms`);
    }
    const listening = listeners.get(address);
    if (!listening?.life.alive) throw new CoevalError("unreachable", `${address}: connection refused`);
    if (expect && !fits(listening.self, expect))
      throw new CoevalError("peer-not-trusted", `${address} is another peer`);
    const side = (owner: Life): Side => ({
      life: owner,
      pipe: createPipe(timeline, owner, seed),
      closed: null,
    });
    const connection = { caller: side(life), callee: side(listening.life) };
    connections.add(connection);
    const stream = streamOf(connection, connection.caller, connection.callee, listening.self);
    listening.accept(streamOf(connection, connection.callee, connection.caller, self));
    await timeline.pass(latency());
    return stream;
  }

  return {
    of: (life, self) => ({
      connect: (address, cancel, expect) =>
        cancellable(
          life,
          cancel,
          life.port("net.connect", () => connect(life, self, address, expect)),
        ),
      listen: (address, accept) =>
        life.port("net.listen", (): Listener => {
          const bound = address.endsWith(":0") ? `${life.name}:${++ports}` : address;
          const mine: Listening = { life, self, accept };
          if (listeners.get(bound)?.life.alive) throw new CoevalError("unreachable", `${bound} is in use`);
          listeners.set(bound, mine);
          return {
            address: bound,
            async close() {
              if (listeners.get(bound) === mine) listeners.delete(bound);
            },
          };
        }),
    }),
    cut(from, to) {
      cuts.add(`${from}→${to}`);
      for (const connection of connections)
        for (const [a, b] of sides(connection))
          if (a.life.name === from && b.life.name === to) b.pipe.hold(true, 0);
      timeline.after(HELD_MS_MAX, () => {
        if (!isCut(from, to)) return;
        for (const connection of connections)
          for (const [a, b] of sides(connection))
            if (a.life.name === from && b.life.name === to && b.pipe.held > 0)
              breakOff(a, b, "nothing gets through");
      });
    },
    mend(from, to) {
      cuts.delete(`${from}→${to}`);
      for (const connection of connections)
        for (const [a, b] of sides(connection))
          if (a.life.name === from && b.life.name === to) b.pipe.hold(false, latency());
    },
    breakBetween(one, another) {
      let broken = 0;
      for (const connection of connections) {
        const names = [connection.caller.life.name, connection.callee.life.name];
        if (!names.includes(one) || !names.includes(another)) continue;
        for (const [, to] of sides(connection))
          timeline.after(latency(), () => to.pipe.fail("the connection broke"));
        connections.delete(connection);
        broken++;
      }
      return broken;
    },
    setLinkFaults(machine, rates) {
      faults = { machine, rates };
    },
    setSilentCrashes(probability) {
      silentCrashes = probability;
    },
    inject,
    addressOf: (machine) =>
      [...listeners].find(([, { life }]) => life.name === machine && life.alive)?.[0] ?? null,
    open: () =>
      [...connections]
        .filter(({ caller, callee }) => caller.closed === null && callee.closed === null)
        .map(({ caller, callee }) => `${caller.life.name}→${callee.life.name}`),
  };
}

/** One side learns that the connection is over. */
function breakOff(side: Side, other: Side, why: string): void {
  side.pipe.fail(why);
  other.pipe.release();
}

function fits(peer: Peer, expect: Expected): boolean {
  if (peer.kind !== expect.kind) return false;
  if (peer.kind === "agent" && expect.kind === "agent")
    return (
      peer.cluster === expect.cluster &&
      peer.agent === expect.agent &&
      peer.fingerprint === expect.fingerprint
    );
  return peer.kind === "control" && (!("fingerprint" in expect) || expect.fingerprint === peer.fingerprint);
}

/** Rejects as soon as it is cancelled; a stream that comes afterwards is closed. */
function cancellable(life: Life, cancel: AbortSignal | undefined, coming: Promise<Stream>): Promise<Stream> {
  if (!cancel) return coming;
  return new Promise((resolve, reject) => {
    let cancelled = false;
    const abort = (): void => {
      cancelled = true;
      if (life.alive) reject(cancel.reason);
    };
    if (cancel.aborted) abort();
    else cancel.addEventListener("abort", abort, { once: true });
    coming.then(
      (stream) => {
        cancel.removeEventListener("abort", abort);
        if (cancelled) stream.close("cancelled");
        else resolve(stream);
      },
      (cause: unknown) => {
        cancel.removeEventListener("abort", abort);
        if (!cancelled) reject(cause);
      },
    );
  });
}
