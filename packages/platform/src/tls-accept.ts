/** The listening end: bounded handshakes, every connection judged before anybody hears of it. */
import { createServer as createTcpServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type SecureContextOptions, type TLSSocket } from "node:tls";
import { CoevalError, type Failure, toFailure } from "@coeval/core/errors";
import type { Log } from "@coeval/core/ports/log";
import type { Peer } from "@coeval/core/ports/network";
import { formatAddress, parseAddress } from "./address.ts";
import { KEEP_ALIVE_MS } from "./tls-dial.ts";
import { peerOf, type Revoked, verdict } from "./tls-peer.ts";
import { endSocket } from "./tls-stream.ts";

export interface AcceptBounds {
  readonly handshakeMsMax: number;
  /** Connections that have not finished their handshake. */
  readonly handshakesMax: number;
  /** Connections in all. */
  readonly connectionsMax: number;
  /** Connections without a certificate at one time. */
  readonly strangersMax: number;
}

export interface AcceptOptions {
  readonly log: Log;
  readonly bounds: AcceptBounds;
  readonly revoked: () => Revoked;
  readonly accept: (socket: TLSSocket, peer: Peer) => void;
}

export interface Door {
  readonly address: string;
  /** The key and certificate shown from the next handshake on. */
  renew(tls: SecureContextOptions): void;
  /** Accepts no more and cuts every connection that came through here; resolves when they are gone. */
  close(): Promise<void>;
}

export async function openDoor(
  address: string,
  tls: SecureContextOptions,
  options: AcceptOptions,
): Promise<Door> {
  const { log, bounds } = options;
  const judged = { requestCert: true, rejectUnauthorized: false };
  const inner = createTlsServer({ ...tls, ...judged, handshakeTimeout: bounds.handshakeMsMax });
  const admit = createAdmission(options);
  const connections = new Set<Socket>();
  // Each connection handed to `inner` comes back once: by the one event or by the other.
  let handshakes = 0;
  inner.on("secureConnection", (socket) => {
    handshakes--;
    admit(socket);
  });
  inner.on("tlsClientError", (cause, socket) => {
    handshakes--;
    log.info("handshake-failed", { remote: socket.remoteAddress, message: cause.message });
    socket.destroy();
  });

  const front = createTcpServer({ noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS });
  front.maxConnections = bounds.connectionsMax;
  front.on("drop", (dropped) =>
    log.warn("connection-dropped", { remote: dropped?.remoteAddress, connections: bounds.connectionsMax }),
  );
  front.on("connection", (raw) => {
    if (handshakes >= bounds.handshakesMax) {
      log.warn("connection-dropped", { remote: raw.remoteAddress, handshakes });
      raw.destroy();
      return;
    }
    connections.add(raw);
    raw.once("close", () => connections.delete(raw));
    handshakes++;
    inner.emit("connection", raw);
  });
  await bind(front, address);
  const bound = front.address();
  if (bound === null || typeof bound === "string") throw new Error("a TCP server has an address and a port");

  return {
    address: formatAddress(bound),
    renew: (fresh) => inner.setSecureContext(fresh),
    close: () =>
      new Promise((resolve) => {
        front.close(() => resolve());
        for (const raw of connections) raw.destroy();
      }),
  };
}

/** Judges a connection whose handshake is done: accepts it, or tells it that it is refused and ends it. */
function createAdmission({ log, bounds, revoked, accept }: AcceptOptions): (socket: TLSSocket) => void {
  const strangers = new Set<TLSSocket>();
  const refuse = (socket: TLSSocket, why: number, { code, message }: Pick<Failure, "code" | "message">) => {
    log.warn("peer-refused", { remote: socket.remoteAddress, code, message });
    endSocket(socket, Uint8Array.of(why));
  };
  return (socket) => {
    socket.on("error", (cause) =>
      log.info("peer-broke", { remote: socket.remoteAddress, message: cause.message }),
    );
    let peer: Peer;
    try {
      peer = peerOf(socket, revoked());
    } catch (thrown) {
      refuse(socket, verdict.refused, toFailure(thrown));
      return;
    }
    if (peer.kind === "stranger") {
      if (strangers.size >= bounds.strangersMax) {
        const message = `${strangers.size} strangers are here already`;
        refuse(socket, verdict.full, { code: "unreachable", message });
        return;
      }
      strangers.add(socket);
      socket.once("close", () => strangers.delete(socket));
    }
    socket.write(Uint8Array.of(verdict.accepted));
    accept(socket, peer);
  };
}

function bind(server: Server, address: string): Promise<void> {
  const { host, port } = parseAddress(address);
  return new Promise((resolve, reject) => {
    const onError = (cause: Error) =>
      reject(new CoevalError("bad-input", `cannot listen on ${address}: ${cause.message}`, { cause }));
    server.once("error", onError);
    server.listen({ host, port }, () => {
      server.off("error", onError);
      resolve();
    });
  });
}
