/** Free TCP ports on loopback, from below the range the kernel hands to outgoing connections: a port chosen here
 * stays free until the daemon that it is for takes it, also across restarts of that daemon. */
import { createServer, type Server } from "node:net";

const PORT_MIN = 20_000;
const PORT_MAX = 31_999;
const ATTEMPTS_MAX = 200;

/** Ports that this process has given out; never given twice. */
const given = new Set<number>();

/** `count` different free ports. They are held open together while they are chosen. */
export async function freePorts(count: number): Promise<number[]> {
  const held: Server[] = [];
  const ports: number[] = [];
  try {
    for (let attempt = 0; ports.length < count; attempt++) {
      if (attempt >= ATTEMPTS_MAX) {
        throw new Error(
          `testbed: no ${count} free ports in ${PORT_MIN}–${PORT_MAX} after ${ATTEMPTS_MAX} attempts`,
        );
      }
      const port = PORT_MIN + Math.floor(Math.random() * (PORT_MAX - PORT_MIN + 1));
      if (given.has(port)) continue;
      const server = await listen(port);
      if (server === null) continue;
      given.add(port);
      held.push(server);
      ports.push(port);
    }
  } finally {
    await Promise.all(held.map((server) => new Promise((resolve) => server.close(resolve))));
  }
  return ports;
}

function listen(port: number): Promise<Server | null> {
  return new Promise((resolve) => {
    const server = createServer();
    // An error here means that somebody else has the port: the next one is tried, up to the bound above.
    server.once("error", () => resolve(null));
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => resolve(server));
  });
}
