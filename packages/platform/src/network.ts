/** The network port on mutual TLS 1.3: who may come in, who is at the other end, and who is cut off when trust is withdrawn. */
import { createSecureContext, type SecureContext, type SecureContextOptions, type TLSSocket } from "node:tls";
import { CoevalError } from "@coeval/core/errors";
import type { Log } from "@coeval/core/ports/log";
import type { Listener, Network, Peer, Stream } from "@coeval/core/ports/network";
import type { Identity } from "./identity.ts";
import { type AcceptBounds, type Door, openDoor } from "./tls-accept.ts";
import { dial } from "./tls-dial.ts";
import { tlsOptions } from "./tls-peer.ts";
import { describePeer, type TlsStream, tlsStream } from "./tls-stream.ts";

export const HANDSHAKE_MS_MAX = 10_000;
export const HANDSHAKES_MAX = 128;
export const CONNECTIONS_MAX = 2048;
export const STRANGERS_MAX = 32;
/** An enrolment is one exchange; who has not enrolled by then is cut off. */
export const STRANGER_MS_MAX = 30_000;

export interface TlsNetworkOptions {
  readonly identity: Identity;
  /** Other bounds than the constants of this file. */
  readonly bounds?: Partial<NetworkBounds>;
}

export interface NetworkBounds extends AcceptBounds {
  readonly strangerMsMax: number;
}

export interface TlsNetwork extends Network {
  /**
   * Another certificate from now on, for all listeners and all connections to come; open streams stay.
   * Throws CoevalError `bad-input`, with nothing changed, when key and certificate do not belong together.
   */
  renew(identity: Identity): void;
  /** The whole list of key fingerprints that are trusted no more. Open streams of such peers break at once. */
  revoke(fingerprints: readonly string[]): void;
}

/** Listeners take agents, the control device, and strangers (no certificate at all); everyone else is refused and logged. */
export function createTlsNetwork(world: { readonly log: Log }, options: TlsNetworkOptions): TlsNetwork {
  const bounds = { ...BOUNDS, ...options.bounds };
  const doors = new Set<Door>();
  const live = new Set<TlsStream>();
  let revoked: ReadonlySet<string> = new Set();
  let shown = show(options.identity);

  const open = (socket: TLSSocket, peer: Peer): TlsStream => {
    const stream = tlsStream(socket, peer);
    if (!socket.closed) live.add(stream);
    socket.once("close", () => live.delete(stream));
    return stream;
  };
  const host = (socket: TLSSocket, peer: Peer): Stream => {
    const stream = open(socket, peer);
    if (peer.kind === "stranger") endLater(socket, stream, bounds.strangerMsMax);
    return stream;
  };

  return {
    async connect(address, cancel, expect) {
      const { secureContext } = shown;
      const { handshakeMsMax } = bounds;
      const dialled = await dial(address, {
        secureContext,
        handshakeMsMax,
        revoked: () => revoked,
        cancel,
        expect,
      });
      const stream = open(dialled.socket, dialled.peer);
      // It may have been revoked while it was making up its mind about us.
      cutOff([stream], revoked, world.log);
      return stream;
    },
    async listen(address, accept): Promise<Listener> {
      const door = await openDoor(address, shown.tls, {
        log: world.log,
        bounds,
        revoked: () => revoked,
        accept: (socket, peer) => accept(host(socket, peer)),
      });
      doors.add(door);
      return {
        address: door.address,
        close() {
          doors.delete(door);
          return door.close();
        },
      };
    },
    renew(identity) {
      shown = show(identity);
      for (const door of doors) door.renew(shown.tls);
    },
    revoke(fingerprints) {
      revoked = new Set(fingerprints);
      cutOff(live, revoked, world.log);
    },
  };
}

const BOUNDS: NetworkBounds = {
  handshakeMsMax: HANDSHAKE_MS_MAX,
  handshakesMax: HANDSHAKES_MAX,
  connectionsMax: CONNECTIONS_MAX,
  strangersMax: STRANGERS_MAX,
  strangerMsMax: STRANGER_MS_MAX,
};

/** What we show in handshakes. Throws CoevalError `bad-input` when it does not fit together. */
function show(identity: Identity): { tls: SecureContextOptions; secureContext: SecureContext } {
  const tls = tlsOptions(identity.authority, identity);
  try {
    return { tls, secureContext: createSecureContext(tls) };
  } catch (cause) {
    throw new CoevalError("bad-input", "the certificate is not readable or does not belong to the key", {
      cause,
    });
  }
}

function cutOff(streams: Iterable<TlsStream>, revoked: ReadonlySet<string>, log: Log): void {
  for (const stream of streams) {
    const { peer } = stream;
    if (peer.kind === "stranger" || !revoked.has(peer.fingerprint)) continue;
    const who = describePeer(peer);
    log.warn("peer-revoked", { peer: who, fingerprint: peer.fingerprint });
    stream.destroy(new CoevalError("peer-not-trusted", `the certificate of ${who} was revoked`));
  }
}

function endLater(socket: TLSSocket, stream: Stream, ms: number): void {
  const timer = setTimeout(() => stream.close(`a stranger stays at most ${ms} ms`), ms);
  socket.once("close", () => clearTimeout(timer));
}
