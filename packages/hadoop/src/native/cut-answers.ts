/** A stream transport for tests, whose connections can be cut when the server has acted and before its answer is seen. */
import type { ByteStream, StreamTransport } from "../world.ts";

/** See the top of this file. */
export interface CuttingTransport extends StreamTransport {
  /** The next answer, on whichever connection, is thrown away and its connection broken. */
  cutNextAnswer(): void;
  /** Connections made so far. */
  readonly connections: number;
}

export function createCuttingTransport(streams: StreamTransport): CuttingTransport {
  let armed = false;
  let connections = 0;
  return {
    get connections() {
      return connections;
    },
    cutNextAnswer() {
      armed = true;
    },
    async connect(server, options) {
      const stream = await streams.connect(server, options);
      connections++;
      return { ...stream, read: () => readOrCut(stream) };
    },
  };

  async function readOrCut(stream: ByteStream): Promise<Uint8Array | null> {
    const bytes = await stream.read();
    if (!armed) return bytes;
    armed = false;
    stream.close();
    throw Object.assign(new Error("cut by the test"), { streamFailure: "reset" });
  }
}
