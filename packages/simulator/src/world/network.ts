/**
 * The network in memory: authenticated streams between machines, with latency, partitions (one way too), broken streams,
 * and, on links, lost, repeated, late and replayed messages. A frame is written whole, so a write is a message.
 */
import { CoevalError } from "@coeval/core/errors";
import type { Expected, Listener, Network, Peer, Stream } from "@coeval/core/ports/network";
import {
  breakOff,
  type Connection,
  createConnection,
  directions,
  type Side,
  streamOn,
  type Wires,
} from "./connection.ts";
import type { Life } from "./life.ts";
import { deliveriesOf, type LinkFaultRates, NO_LINK_FAULTS } from "./link-faults.ts";
import type { Item } from "./pipe.ts";
import type { Seed } from "./seed.ts";
import type { Timeline } from "./timeline.ts";

export interface Net {
  /** The network port of one life; `self` is what its certificate proves. */
  of(life: Life, self: Peer): Network;
  /** Nothing passes from one machine to the other any more; what was sent waits, and comes or breaks later. */
  cut(from: string, to: string): void;
  mend(from: string, to: string): void;
  /**
   * The machine's certificate has run out: nobody opens a stream with it any more, whoever dials, until `renew`. Streams that are open go
   * on, as those of TLS do.
   */
  expire(machine: string): void;
  renew(machine: string): void;
  /** Breaks the open streams between two machines. Returns how many. */
  breakBetween(a: string, b: string): number;
  /** On streams of which one end is this machine. */
  setLinkFaults(machine: string, rates: LinkFaultRates): void;
  /** Probability that a crashed process's peers are not told. */
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
const FIRST_PORT = 40_000;

interface Listening {
  readonly life: Life;
  readonly self: Peer;
  readonly accept: (stream: Stream) => void;
}

interface State extends Wires {
  readonly listeners: Map<string, Listening>;
  readonly cuts: Set<string>;
  /** Machines whose certificate has run out. */
  readonly expired: Set<string>;
  readonly connections: Set<Connection>;
  faults: { readonly machine: string; readonly rates: LinkFaultRates };
  silent: number;
  lastPort: number;
}

export function createNet(timeline: Timeline, seed: Seed): Net {
  const state: State = {
    timeline,
    seed,
    listeners: new Map(),
    cuts: new Set(),
    expired: new Set(),
    connections: new Set(),
    faults: { machine: "", rates: NO_LINK_FAULTS },
    silent: 0,
    lastPort: FIRST_PORT,
    latency: () => seed.between(LATENCY_MS.least, LATENCY_MS.most),
    transmit: (from, to, item) => transmit(state, from, to, item),
    silentCrashes: () => state.silent,
    over: (connection) => void state.connections.delete(connection),
  };
  return {
    of: (life, self) => networkOf(state, life, self),
    cut: (from, to) => cut(state, from, to),
    mend(from, to) {
      state.cuts.delete(`${from}→${to}`);
      for (const [, b] of between(state, from, to)) b.pipe.hold(false, state.latency());
    },
    expire: (machine) => void state.expired.add(machine),
    renew: (machine) => void state.expired.delete(machine),
    breakBetween: (a, b) => breakBetween(state, a, b),
    setLinkFaults(machine, rates) {
      state.faults = { machine, rates };
    },
    setSilentCrashes(probability) {
      state.silent = probability;
    },
    inject: (from, to, bytes) => inject(state, from, to, bytes),
    addressOf: (machine) =>
      [...state.listeners].find(([, { life }]) => life.name === machine && life.alive)?.[0] ?? null,
    open: () =>
      [...state.connections]
        .filter(({ caller, callee }) => caller.closed === null && callee.closed === null)
        .map(({ caller, callee }) => `${caller.life.name}→${callee.life.name}`),
  };
}

function networkOf(state: State, life: Life, self: Peer): Network {
  return {
    connect: (address, cancel, expect) =>
      cancellable(
        life,
        cancel,
        life.port("net.connect", () => connect(state, life, self, address, expect)),
      ),
    listen: (address, accept) =>
      life.port("net.listen", (): Listener => {
        const bound = address.endsWith(":0") ? `${life.name}:${++state.lastPort}` : address;
        const mine: Listening = { life, self, accept };
        if (state.listeners.get(bound)?.life.alive)
          throw new CoevalError("unreachable", `${bound} is in use`);
        state.listeners.set(bound, mine);
        return {
          address: bound,
          close() {
            if (state.listeners.get(bound) === mine) state.listeners.delete(bound);
            return Promise.resolve();
          },
        };
      }),
  };
}

async function connect(
  state: State,
  life: Life,
  self: Peer,
  address: string,
  expect: Expected | undefined,
): Promise<Stream> {
  const { timeline, cuts } = state;
  await timeline.pass(state.latency());
  const host = address.slice(0, address.lastIndexOf(":"));
  if (cuts.has(`${life.name}→${host}`) || cuts.has(`${host}→${life.name}`)) {
    await timeline.pass(CONNECT_MS_MAX);
    throw new CoevalError("unreachable", `no connection with ${address} within ${CONNECT_MS_MAX} ms`);
  }
  const listening = state.listeners.get(address);
  if (!listening?.life.alive) throw new CoevalError("unreachable", `${address}: connection refused`);
  for (const machine of [life.name, listening.life.name]) {
    if (!state.expired.has(machine)) continue;
    throw new CoevalError(
      "peer-not-trusted",
      `${address}: the certificate of ${machine} is not valid: CERT_HAS_EXPIRED`,
    );
  }
  if (expect && !fits(listening.self, expect))
    throw new CoevalError("peer-not-trusted", `${address} is another peer`);
  const connection = createConnection(state, life, listening.life);
  const { caller, callee } = connection;
  state.connections.add(connection);
  const stream = streamOn(state, connection, caller, callee, listening.self);
  listening.accept(streamOn(state, connection, callee, caller, self));
  await timeline.pass(state.latency());
  return stream;
}

function transmit(state: State, from: Side, to: Side, item: Item): void {
  const { faults, seed, timeline } = state;
  const isLink = [from.life.name, to.life.name].includes(faults.machine);
  if (!isLink || item.kind !== "bytes") return to.pipe.send(item, state.latency());
  for (const delivery of deliveriesOf(faults.rates, item.bytes, seed)) {
    if (delivery.kind === "in-order") to.pipe.send(item, state.latency());
    else if (delivery.kind === "slip") to.pipe.slip(item, delivery.ms);
    else timeline.after(delivery.ms, () => inject(state, from.life.name, to.life.name, item.bytes));
  }
}

function inject(state: State, from: string, to: string, bytes: Uint8Array): void {
  for (const [, b] of between(state, from, to)) if (b.life.alive) b.pipe.slip({ kind: "bytes", bytes }, 0);
}

function cut(state: State, from: string, to: string): void {
  state.cuts.add(`${from}→${to}`);
  for (const [, b] of between(state, from, to)) b.pipe.hold(true, 0);
  state.timeline.after(HELD_MS_MAX, () => {
    if (!state.cuts.has(`${from}→${to}`)) return;
    for (const [a, b] of between(state, from, to))
      if (b.pipe.held > 0) breakOff(a, b, "nothing gets through");
  });
}

function breakBetween(state: State, one: string, other: string): number {
  const { connections, timeline } = state;
  const broken = [...connections].filter(({ caller, callee }) => {
    const names = [caller.life.name, callee.life.name];
    return names.includes(one) && names.includes(other);
  });
  for (const connection of broken) {
    for (const [, to] of directions(connection))
      timeline.after(state.latency(), () => to.pipe.fail("the connection broke"));
    connections.delete(connection);
  }
  return broken.length;
}

/** The directions of open connections that lead from one machine to the other. */
function between(state: State, from: string, to: string): (readonly [from: Side, to: Side])[] {
  return [...state.connections]
    .flatMap(directions)
    .filter(([a, b]) => a.life.name === from && b.life.name === to);
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
