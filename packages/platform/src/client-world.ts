/** All that clients of a Hadoop cluster are handed of this machine. */
import { createClock } from "./clock.ts";
import { type Cryptography, createCryptography } from "./cryptography.ts";
import { type NodeHttp, nodeHttp } from "./http.ts";
import { createRandom } from "./random.ts";
import { createTcp, type Tcp } from "./tcp.ts";

export interface ClientWorld {
  readonly clock: ReturnType<typeof createClock>;
  readonly random: ReturnType<typeof createRandom>;
  readonly http: NodeHttp;
  readonly streams: Tcp;
  readonly cryptography: Cryptography;
  /** Ends all connections of its transports. */
  close(): void;
}

/** Of its own: closing it ends nobody else's connections. */
export function createClientWorld(): ClientWorld {
  const [http, streams] = [nodeHttp(), createTcp()];
  return {
    clock: createClock(),
    random: createRandom(),
    http,
    streams,
    cryptography: createCryptography(),
    close() {
      streams.close();
      http.close();
    },
  };
}
