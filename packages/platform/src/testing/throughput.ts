/** Prints what one stream carries between two processes on loopback, for several sizes of write: `node throughput.ts [seconds]`. */
import { fork } from "node:child_process";
import type { Stream } from "@coeval/core/ports/network";
import { createTlsNetwork } from "../network.ts";
import { createParties, keptLog } from "./parties.ts";

const WRITE_BYTES = [64 * 1024, 256 * 1024, 1024 * 1024, 4 * 1024 * 1024];
const [role, seconds = "3", identity = "", address = ""] = process.argv.slice(2);

if (role === "write") await write(Number(seconds), JSON.parse(identity), address);
else await receive(role ?? seconds);

async function receive(time: string): Promise<void> {
  const parties = await createParties();
  const network = createTlsNetwork({ log: keptLog() }, { identity: await parties.agent("b", "target") });
  const finished = Promise.withResolvers<void>();
  let left = WRITE_BYTES.length;
  const drain = async (stream: Stream): Promise<void> => {
    const from = performance.now();
    let bytes = 0;
    let reads = 0;
    for (let some = await stream.read(); some !== null; some = await stream.read()) {
      bytes += some.length;
      reads++;
    }
    const elapsedMs = performance.now() - from;
    const read = Math.round(bytes / reads / 1024);
    console.log(
      `${Math.round(bytes / elapsedMs / 1000)} MB/s, ${read} KiB a read, ${Math.round(process.memoryUsage().rss / 2 ** 20)} MiB resident`,
    );
    if (--left === 0) finished.resolve();
  };
  const listener = await network.listen("127.0.0.1:0", (stream) => void drain(stream));
  const source = JSON.stringify(await parties.agent("a", "source"));
  fork(new URL(import.meta.url).pathname, ["write", time, source, listener.address]);
  await finished.promise;
  await listener.close();
}

async function write(
  time: number,
  source: Parameters<typeof createTlsNetwork>[1]["identity"],
  to: string,
): Promise<void> {
  const network = createTlsNetwork({ log: keptLog() }, { identity: source });
  for (const size of WRITE_BYTES) {
    const stream = await network.connect(to);
    const bytes = Buffer.alloc(size, 7);
    const until = performance.now() + time * 1000;
    while (performance.now() < until) await stream.write(bytes);
    stream.close("measured");
    console.log(
      `writes of ${size / 1024} KiB; writer ${Math.round(process.memoryUsage().rss / 2 ** 20)} MiB resident`,
    );
  }
}
