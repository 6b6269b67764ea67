/** A server that takes connections and answers nothing, as a daemon that hangs. For tests. */
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";

export interface SilentServer {
  /** `host:port`. */
  readonly address: string;
  /** The next connection that comes. */
  connection(): Promise<{ readonly ended: Promise<unknown> }>;
  /** Connections that are there now. */
  readonly open: number;
  close(): void;
}

export async function silentServer(): Promise<SilentServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    // A peer that breaks off is what tests are about.
    socket.on("error", () => {});
    socket.resume();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    async connection() {
      const [socket] = (await once(server, "connection")) as [Socket];
      return { ended: once(socket, "close") };
    },
    get open() {
      return sockets.size;
    },
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
