// One turn of the benchmark `client` by this repository's client. Arguments: NameNode, work, name, files, writers, MiB.
import { createNativeHdfsClient } from "../../packages/hadoop/src/native/client.ts";
import { createClientWorld } from "../../packages/platform/src/client-world.ts";
import { parseServer } from "../../packages/hadoop/src/native/endpoint.ts";
import { CHUNK_BYTES, SMALL_BYTES } from "./work.ts";

const [address = "", work = "", name = "", files = "0", writers = "1", mib = "0"] = process.argv.slice(2);
const world = createClientWorld();
const client = createNativeHdfsClient(world, {
  nameNodes: [parseServer(address)],
  identity: { kind: "simple", user: "hdfs" },
});
const WARM_FILES = 200;
const WARM_TURNS = 10;
const options = { permission: 0o644, overwrite: true };
const count = Number(files);
const small = new Uint8Array(SMALL_BYTES).map((_, index) => index * 31);

async function each(act: (file: number) => Promise<void>, upTo = count): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < upTo) await act(next++);
  };
  await Promise.all(Array.from({ length: Number(writers) }, worker));
}

async function* body(): AsyncGenerator<Uint8Array> {
  const chunk = new Uint8Array(CHUNK_BYTES).map((_, index) => index * 7);
  for (let piece = 0; piece < Number(mib); piece++) yield chunk;
}

async function bytesOf(path: string, lengthBytes: number): Promise<void> {
  let read = 0;
  for await (const piece of client.open(path, { offsetBytes: 0, lengthBytes, lent: true }))
    read += piece.length;
  if (read !== lengthBytes) throw new Error(`${path}: ${read} bytes, not ${lengthBytes}`);
}

const works: Readonly<Record<string, () => Promise<void>>> = {
  "small-write": () => each(async (file) => void (await client.create(`/${name}/${file}`, small, options))),
  "small-read": () => each((file) => bytesOf(`/ours/${file}`, SMALL_BYTES)),
  "large-write": async () => void (await client.create(`/${name}-large`, body(), options)),
  "large-read": () => bytesOf("/ours-large", Number(mib) * CHUNK_BYTES),
};
// The connection is made, and the code loaded and compiled, before the clock runs: a long-lived process is what is measured.
await client.mkdirs(`/${name}`, 0o755);
await each(async (file) => void (await client.create(`/${name}-warm/${file}`, small, options)), WARM_FILES);
for (let turn = 0; turn < WARM_TURNS; turn++) {
  await each((file) => bytesOf(`/${name}-warm/${file}`, SMALL_BYTES), WARM_FILES);
}
const cpu = process.cpuUsage();
const start = performance.now();
await works[work]?.();
const seconds = (performance.now() - start) / 1000;
const { user, system } = process.cpuUsage(cpu);
const peakRssMib = process.resourceUsage().maxRSS / 1024;
process.stdout.write(JSON.stringify({ seconds, cpuSeconds: (user + system) / 1e6, peakRssMib }));
client.close();
world.close();
