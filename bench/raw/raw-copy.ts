// The least that moving files can cost: from local files through a socket into files of another process, each synced, all at
// once; no cluster, no check, no certificate. The sender is this process.
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { createReadStream, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { open } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { Contestant } from "../contestants.ts";
import type { Load } from "../load.ts";

const CHUNK_BYTES = 1024 * 1024;
const RECEIVER = new URL("receiver.ts", import.meta.url).pathname;

/** Its own copy of the load lies in a folder that is deleted with `close`. */
export function rawContestant(load: Load): Contestant & { close(): void } {
  const folder = mkdtempSync(join(tmpdir(), "coeval-raw-"));
  const names = Array.from({ length: load.files }, (_, number) => join(folder, `f${number}`));
  let written: Promise<unknown> | null = null;
  return {
    name: "raw socket, fsync",
    perhapsSlow: false,
    async copy(_source, repeat) {
      written ??= Promise.all(names.map((name, number) => write(name, load.bytes, number)));
      await written;
      const target = join(folder, `to-${repeat}`);
      mkdirSync(target);
      const receiver = fork(RECEIVER, [target]);
      try {
        const [port] = (await once(receiver, "message")) as [number];
        const begun = performance.now();
        const done = synced(receiver, names.length);
        await Promise.all(names.map((name) => send(name, port)));
        await done;
        const seconds = (performance.now() - begun) / 1000;
        return { seconds, secondsWithoutStart: null, cpuSeconds: null, peakRssMib: null };
      } finally {
        receiver.kill();
        rmSync(target, { recursive: true, force: true });
      }
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

async function write(name: string, bytes: number, number: number): Promise<void> {
  const file = await open(name, "w");
  const chunk = Buffer.alloc(CHUNK_BYTES, number % 251);
  for (let left = bytes; left > 0; left -= CHUNK_BYTES)
    await file.write(chunk, 0, Math.min(left, CHUNK_BYTES));
  await file.sync();
  await file.close();
}

async function send(name: string, port: number): Promise<void> {
  const socket = connect({ host: "127.0.0.1", port });
  await pipeline(createReadStream(name, { highWaterMark: CHUNK_BYTES }), socket.resume());
}

/** Resolves when the receiver has so many files on disk. */
function synced(receiver: ChildProcess, files: number): Promise<void> {
  let left = files;
  return new Promise((resolve, reject) => {
    receiver.once("exit", (code) => reject(new Error(`the receiver ended with ${code}`)));
    receiver.on("message", () => {
      left -= 1;
      if (left === 0) resolve();
    });
  });
}
