// A TCP forwarder that can be turned to another address: so that an endpoint becomes another cluster, as after a wrong
// change of DNS.
import { connect, createServer, type Socket } from "node:net";
import { once } from "node:events";

export interface Switchboard {
  /** `host:port` to connect to. */
  readonly address: string;
  /** New connections go here from now on; the ones that are open are cut. */
  turn(to: string): void;
  close(): Promise<void>;
}

export async function switchboard(to: string): Promise<Switchboard> {
  let target = to;
  const open = new Set<Socket>();
  const cut = (): void => {
    for (const socket of open) socket.destroy();
  };
  const server = createServer((near) => {
    const [host = "", port = ""] = target.split(":");
    const far = connect({ host, port: Number(port) });
    for (const socket of [near, far]) {
      open.add(socket);
      socket.on("close", () => {
        open.delete(socket);
        near.destroy();
        far.destroy();
      });
      // Whichever side fails, both are closed above.
      socket.on("error", () => {});
    }
    near.pipe(far).pipe(near);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the switchboard has no port");
  return {
    address: `127.0.0.1:${address.port}`,
    turn(next) {
      target = next;
      cut();
    },
    async close() {
      cut();
      server.close();
      await once(server, "close");
    },
  };
}
